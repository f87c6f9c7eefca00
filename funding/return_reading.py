"""Lists of rows that belong to one return, as many as a page needs, in one query. Read-only.

Each list is a query set of plain `values()`, whose names become the keys of the rows. Amounts come as
Decimal, times as text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import JSONField, QuerySet, Subquery

from funding.models import QuarterlyReturn

Row = dict[str, Any]


class _Exact(json.JSONDecoder):
    """Reads 12.30 as Decimal("12.30")."""

    def __init__(self, **options: Any) -> None:
        super().__init__(parse_float=Decimal, **options)


class _Rows(Subquery):
    """A query set as one JSON value: its rows in its order."""

    template = "(SELECT COALESCE(jsonb_agg(to_jsonb(one)), '[]') FROM (%(subquery)s) one)"
    output_field = JSONField(decoder=_Exact)


def read(quarterly_return: QuarterlyReturn, lists: Mapping[str, QuerySet[Any, Any]]) -> dict[str, list[Row]]:
    """The rows of every list, by the list's name."""
    return read_beside(QuarterlyReturn.objects.filter(pk=quarterly_return.pk), lists)


def read_beside(one: QuerySet[Any, Any], lists: Mapping[str, QuerySet[Any, Any]]) -> dict[str, list[Row]]:
    """The same for lists of more than a return; `one` is a query of any one row that they stand beside."""
    parts: Any = {f"list_{name}": _Rows(rows) for name, rows in lists.items()}
    row: Any = one.values(**parts).get()
    return {name: row[f"list_{name}"] for name in lists}
