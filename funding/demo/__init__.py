"""The demonstration: Avon and Somerset, with what is published, derived or illustrative told apart.

`facts.py` is data. `people.py`, `money.py` and `returns.py` put it through the same actions that people use.
"""
