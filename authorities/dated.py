"""Rows that hold from one day to another."""

from __future__ import annotations

from datetime import date
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Q

Row = TypeVar("Row", bound=models.Model)


class DatedQuerySet(models.QuerySet[Row]):
    """Rows that hold from one day to another; no last day means until further notice."""

    def current(self, on: date) -> Self:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)


def holds(row: Any, on: date) -> bool:
    """What `DatedQuerySet.current` asks of many rows."""
    return row.starts_on <= on and (row.ends_on is None or on <= row.ends_on)
