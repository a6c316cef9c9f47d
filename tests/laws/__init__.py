"""Laws that every ledger keeps, whatever the agreement: held for random agreements and histories.

The campaign asks whether two evaluators agree; a mistake that both make it cannot see. A law asks one evaluator twice.
"""
