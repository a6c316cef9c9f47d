"""Workload W1, incident handling: an agreement, data for it, and two programs that work it out without a language.

About four events a ticket, in the order in which they happen; instants are whole milliseconds of UTC.

- R1: a ticket is acknowledged (or resolved) within 15 minutes, 1 hour, 4 hours, by priority.
- R2: it is resolved within 4, 24, 72 hours, less the time during which it is paused.
- R3: for each contract, priority and month the share of R2 kept, by the instant at which it was decided; below 95, 90,
  80 % a credit of 5, 10, 15 % of the contract's monthly fee.
- R4: a breach of R2 goes to level 1, and after 24 hours to level 2 unless the ticket is resolved by then.
- R5: in each month in which three of the last six were below 90 %, all priorities together, the contract may be
  terminated (from the first month with an outcome to the last).

The file ends with the event that closes the books, half a millisecond after the last event of a ticket. What is due
before that is decided, and the month that runs is settled as far as it has come. No deadline lies at that very
instant, so it makes no difference that a deadline of the instant would come before the end of the agreement in it.
"""
