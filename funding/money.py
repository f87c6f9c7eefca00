"""Pounds and pennies: one parser, one formatter, one rounding place, one split. Pure: no database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

PENNY = Decimal("0.01")
ZERO = Decimal("0.00")
MAXIMUM = Decimal("9999999999.99")
MINUS = "\N{MINUS SIGN}"

# Digits with commas in the right places or none at all; up to two decimal places. ASCII only: the
# full-width and Arabic-Indic digits that Python's Decimal takes are doubtful in an amount.
_AMOUNT = re.compile(
    r"£? ?(?P<digits>[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,13})(?P<pence>\.[0-9]{1,2})?", re.ASCII
)
HINT = "Enter an amount in pounds, like 1,250.00"


def parse(text: str, *, negative: bool = False) -> Decimal:
    """The amount in pounds that a person typed: `£1,234.50` and `1234.5` are both 1234.50.

    Refuses everything doubtful with a ValueError whose text can be shown to the person. `negative`
    also takes a leading minus sign, for differences between decisions; amounts are otherwise £0 or more.
    """
    typed = text.strip(" \t")
    minus = typed[:1] in ("-", MINUS)
    if minus and not negative:
        raise ValueError("Enter an amount of £0 or more, like 1,250.00")
    match = _AMOUNT.fullmatch(typed[1:] if minus else typed)
    if match is None:
        raise ValueError(_reason(typed))
    amount = Decimal(match["digits"].replace(",", "") + (match["pence"] or "")).quantize(PENNY)
    if amount > MAXIMUM:
        raise ValueError(f"Enter an amount of {pounds(MAXIMUM)} or less")
    return -amount if minus and amount else amount


def _reason(typed: str) -> str:
    if not typed:
        return HINT
    if re.fullmatch(r"£? ?[0-9,]*\.[0-9]{3,}", typed, re.ASCII):
        return "Enter pounds and pence with no more than 2 digits after the point, like 1,250.00"
    if re.fullmatch(r"\(.*\)", typed):
        return "Enter an amount of £0 or more, without brackets, like 1,250.00"
    if re.search(r"[A-Za-z]", typed):
        return "Enter an amount in figures only, like 1,250.00"
    if "," in typed:
        return "Check the commas: write thousands like 1,250.00 and pence after a point"
    return HINT


def rounded(amount: Decimal) -> Decimal:
    """To the penny, half up. The only place where the portal rounds money."""
    return amount.quantize(PENNY, rounding=ROUND_HALF_UP)


def pounds(amount: Decimal) -> str:
    """With pennies and a real minus sign: £1,234.50, −£0.01."""
    if not amount.is_finite():
        raise ValueError("An amount of money is a number.")
    sign = MINUS if amount < 0 else ""
    return f"{sign}£{abs(amount):,.2f}"


def whole_pounds(amount: Decimal) -> str:
    """For boards, to the nearest pound: £1,235."""
    nearest = amount.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    sign = MINUS if nearest < 0 else ""
    return f"{sign}£{abs(nearest):,}"


def change(amount: Decimal) -> str:
    """A difference with its sign: +£10.00, −£10.00, £0.00."""
    return f"+{pounds(amount)}" if amount > 0 else pounds(amount)


def plain(amount: Decimal) -> str:
    """What an amount field holds: 1234.50."""
    return f"{amount:.2f}"


def percentage(part: Decimal, whole: Decimal) -> str:
    """A share of a whole to one decimal place: 27.1%. Nothing is a share of nothing: an empty text.

    0.0% and 100.0% are said of none and of all only: "under 0.1%" and "over 99.9%" of what comes close.
    """
    if not whole:
        return ""
    nearest = (part * 100 / whole).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    if not nearest and part:
        return f"over {MINUS}0.1%" if (part < 0) != (whole < 0) else "under 0.1%"
    if nearest == 100 and part != whole:
        return "over 99.9%" if abs(part) < abs(whole) else "over 100%"
    return f"{MINUS if nearest < 0 else ''}{abs(nearest)}%"


def split(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Shares of an amount in proportion to weights that sum to it exactly, to the penny.

    Each share is rounded down; the pennies left over go to the largest remainders, the first of equal
    ones first. Raises ValueError for no weights, a negative one, all zero, or a negative amount.
    """
    total = sum(weights, Decimal(0))
    if not weights or total <= 0 or min(weights) < 0:
        raise ValueError("A split needs weights of zero or more, with at least one above zero.")
    if amount < 0 or amount != amount.quantize(PENNY):
        raise ValueError("A split needs an amount of whole pennies, £0 or more.")
    pence = int(amount * 100)
    # Integer arithmetic throughout: weights become whole numbers, so no share is ever approximate.
    scale = max(0, *(-int(weight.as_tuple().exponent) for weight in weights))
    whole = [int(weight.scaleb(scale)) for weight in weights]
    base = [pence * weight // sum(whole) for weight in whole]
    by_remainder = sorted(range(len(whole)), key=lambda i: (-(pence * whole[i] % sum(whole)), i))
    for index in by_remainder[: pence - sum(base)]:
        base[index] += 1
    return [Decimal(share) * PENNY for share in base]
