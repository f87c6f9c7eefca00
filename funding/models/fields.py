"""The money column and its constraint."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q

from funding.money import MAXIMUM


class MoneyField(models.DecimalField):  # type: ignore[type-arg]
    """Pounds with two decimal places, up to £9,999,999,999.99."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)


class SumField(MoneyField):
    """A sum of many amounts, each of which may be as large as an amount can be."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 18)
        super().__init__(*args, **kwargs)


def money_check(field: str, *, name: str, minimum: Decimal = Decimal(0)) -> models.CheckConstraint:
    """Keeps an amount a number from `minimum` up.

    The upper bound is what keeps NaN out: PostgreSQL sorts NaN above every number, so `amount >= 0`
    alone would let it in, and one NaN makes every sum NaN.
    """
    return models.CheckConstraint(
        condition=Q(**{f"{field}__gte": minimum, f"{field}__lte": MAXIMUM}), name=name
    )


def paired(*fields: str, name: str) -> models.CheckConstraint:
    """Keeps facts together: all of the fields are filled, or none of them is."""
    none = Q(**{f"{field}__isnull": True for field in fields})
    every = Q(**{f"{field}__isnull": False for field in fields})
    return models.CheckConstraint(condition=none | every, name=name)
