"""Why an amount of an earlier quarter stands in a claim. Nothing that people typed is in the sentences."""

from __future__ import annotations

from authorities.filters import date_words
from funding.claims.paper import Returned
from funding.quarters import Quarter


def correction(year: int, quarter: int, corrects: int) -> str:
    """Of a correction that a certified return carries."""
    return (
        f"A correction of {Quarter(year, corrects).label}, carried in the certified return of "
        f"{Quarter(year, quarter).label}."
    )


def change(year: int, before: Returned | None, now: Returned | None, quarter: int) -> str:
    """Of a difference to what earlier claims said; `before` is the return as the latest of them found it."""
    label = Quarter(year, quarter).label
    was_counted, is_counted = bool(before and before.is_counted), bool(now and now.is_counted)
    if now and is_counted and not was_counted:
        certified = f" It was certified on {date_words(now.certified_at)}" if now.certified_at else ""
        return f"No certified return of {label} stood when it was claimed.{certified}{_version(now)}."
    if before and was_counted and not is_counted:
        return (
            f"{label} was claimed from a certified return{_version(before)}. "
            "It is back with its organisation, so nothing of it counts until it is certified again."
        )
    if before and now and before.version_digest != now.version_digest:
        return (
            f"{label} was certified again since it was claimed: version {now.version} stands "
            f"instead of version {before.version}."
        )
    return f"The claim heading of these costs of {label} was changed since it was claimed."


def _version(one: Returned) -> str:
    return f" (version {one.version})" if one.version else ""
