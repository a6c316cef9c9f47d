"""The report for a contract manager: one model made from the ledger and the contract, and the formats over it."""
