"""What the board page is asked to show: a year, a fund, an organisation. Pure.

Whatever stands in the address, the page answers: a value that is not one of the choices falls back to the
default, and a sentence says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from funding.board.facts import FundFact, Recipient
from funding.quarters import year_label


@dataclass(frozen=True)
class Option:
    """One line of a select."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True)
class Filters:
    """What is shown, what else could be, and what was asked for in vain."""

    year: int
    fund: FundFact | None
    recipient: Recipient | None
    years: tuple[Option, ...]
    funds: tuple[Option, ...]
    recipients: tuple[Option, ...]
    refusals: tuple[str, ...]
    # Which recorded figures are asked for, as in the address: ("as_at", "2026-10-31"). None: today's.
    moment: tuple[str, str] | None = None

    @property
    def query(self) -> str:
        """The same choice as a query string, for the downloads."""
        return self.query_of(self.year)

    @property
    def query_today(self) -> str:
        """The same choice of today's figures."""
        return replace(self, moment=None).query

    def query_of(self, year: int) -> str:
        """The same choice in another year."""
        chosen = {"year": str(year)}
        if self.moment:
            chosen |= dict([self.moment])
        if self.fund:
            chosen["fund"] = self.fund.code
        if self.recipient:
            chosen["authority"] = str(self.recipient.pk)
        return urlencode(chosen)


def choose(
    asked: Mapping[str, str],
    *,
    years: Sequence[int],
    default_year: int,
    funds: Sequence[FundFact],
    recipients: Sequence[Recipient],
) -> Filters:
    """The filters that the address asks for, as far as they are among the choices."""
    by_year = {str(year): year for year in years}
    by_code = {fund.code: fund for fund in funds}
    by_pk = {str(recipient.pk): recipient for recipient in recipients}
    refusals = []
    for name, known, sentence in (
        ("year", by_year, f"That year is not on this board. Showing {year_label(default_year)}."),
        ("fund", by_code, "There is no such fund on this board. Showing all funds."),
        ("authority", by_pk, "There is no such organisation on this board. Showing all organisations."),
    ):
        if asked.get(name, "") not in ("", "all") and asked[name] not in known:
            refusals.append(sentence)
    year = by_year.get(asked.get("year", ""), default_year)
    fund = by_code.get(asked.get("fund", ""))
    recipient = by_pk.get(asked.get("authority", ""))
    return Filters(
        year,
        fund,
        recipient,
        years=tuple(Option(str(each), year_label(each), each == year) for each in years),
        funds=_options("All funds", [(each.code, each.name) for each in funds], fund.code if fund else ""),
        recipients=_options(
            "All organisations",
            [(str(each.pk), each.name) for each in recipients],
            str(recipient.pk) if recipient else "",
        ),
        refusals=tuple(refusals),
    )


def _options(every: str, choices: Sequence[tuple[str, str]], chosen: str) -> tuple[Option, ...]:
    return (
        Option("", every, not chosen),
        *(Option(value, text, value == chosen) for value, text in choices),
    )
