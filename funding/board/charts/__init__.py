"""From the facts of the board to its charts: a sentence, a Plotly specification and a table. Pure: no Django.

`page.py` puts the page together, `spending.py`, `delivery.py` and `status.py` hold one chart a function,
`spec.py` and `table.py` are what they are made of.
"""
