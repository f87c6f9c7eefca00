"""What has changed since the last board: two kept records of a year, and the events between. Read-only.

Both ends are records (`funding/board/record.py`), the later one the newest that was kept where today's
figures are asked for. None is kept while a change waits to be rolled up, so both are whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Subquery, When
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Coalesce

from authorities.models import Partnership
from funding.board import record
from funding.board.record_sums import counted
from funding.board.waterfall import Certified, Moved, Side, Waterfall, waterfalls
from funding.models import BoardPack, BoardSnapshot, BudgetLine, DecisionLine, ReturnRound, ReturnVersion
from funding.return_reading import Row, read_beside


@dataclass(frozen=True)
class End:
    """One end of a comparison: a pack, the end of a day, or, with neither, the newest figures."""

    pack: BoardPack | None = None
    day: date | None = None
    # For a default that nobody typed: where nothing is as old, the first record there is.
    or_first: bool = False


@dataclass(frozen=True)
class Changes:
    """The three waterfalls of one year, and the two records they lie between."""

    year: int
    since: BoardSnapshot
    until: BoardSnapshot
    waterfalls: Sequence[Waterfall]


def rounds(partnership: Partnership) -> list[ReturnRound]:
    """Every round with its pack, where it has one; the latest quarter first."""
    found = ReturnRound.objects.filter(partnership=partnership)
    return list(found.select_related("pack__snapshot").defer("pack__snapshot__content"))


def read(partnership: Partnership, year: int, since: End, until: End) -> Changes | None:
    """From the earlier to the later, whichever was asked for first. None where nothing was kept of one of
    the ends. Two queries."""
    ends = _snapshots(partnership, year, since, until)
    return between(partnership, *ends) if ends else None


def between(partnership: Partnership, since: BoardSnapshot, until: BoardSnapshot) -> Changes:
    """From one record of a year to a later one. One query."""
    ends, year = (since, until), since.year
    sides = [record.from_json(one.content) for one in ends]
    rows = read_beside(Partnership.objects.filter(pk=partnership.pk), _lists(partnership, year, *ends))
    awards = {one["line"]: one["award"] for one in rows["lines"]}
    certified = [_certified(row, awards) for row in rows["versions"]]
    then, now = (
        Side(side, _standing(certified, counted(side), one.taken_at))
        for side, one in zip(sides, ends, strict=True)
    )
    moved = [
        Moved(
            one["decision"],
            one["reference"],
            one["organisation"],
            Decimal(one["amount"]),
            datetime.fromisoformat(one["at"]),
        )
        for one in rows["moved"]
    ]
    return Changes(year, *ends, waterfalls(then, now, moved))


def _snapshots(
    partnership: Partnership, year: int, since: End, until: End
) -> tuple[BoardSnapshot, BoardSnapshot] | None:
    """Both ends in one query; the same record twice where nothing has changed."""
    kept = BoardSnapshot.objects.filter(partnership=partnership, year=year)
    first, last = (Subquery(_wanted(kept, end)) for end in (since, until))
    found: list[Any] = list(
        kept.annotate(first=first, last=last)
        .filter(Q(pk=F("first")) | Q(pk=F("last")))
        .annotate(place=Case(When(pk=F("first"), then=0), default=1))
        .select_related("run")
        .order_by("place")
    )
    if not found or found[0].pk != found[0].first or found[-1].pk != found[-1].last:
        return None
    earlier, later = sorted((found[0], found[-1]), key=lambda one: (one.taken_at, one.pk))
    return earlier, later


def _wanted(kept: QuerySet[BoardSnapshot], end: End) -> Any:
    if end.pack:
        return kept.filter(pk=end.pack.snapshot_id).values("pk")
    newest = kept.order_by("-taken_at", "-pk").values("pk")
    if end.day is None:
        return newest[:1]
    by_then = newest.by_the_end_of(end.day)[:1]  # type: ignore[attr-defined]
    if not end.or_first:
        return by_then
    return kept.annotate(
        chosen=Coalesce(Subquery(by_then), Subquery(kept.order_by("taken_at", "pk").values("pk")[:1]))
    ).values("chosen")[:1]


def _lists(
    partnership: Partnership, year: int, since: BoardSnapshot, until: BoardSnapshot
) -> Mapping[str, QuerySet[Any, Any]]:
    versions = ReturnVersion.objects.filter(
        quarterly_return__round__partnership=partnership,
        quarterly_return__round__year=year,
        certificate__certified_at__lte=until.taken_at,
    )
    lines = BudgetLine.objects.filter(
        intervention__organisation__partnership=partnership, intervention__award__year=year
    )
    moved = DecisionLine.objects.approved().filter(
        award__year=year,
        award__grant__partnership=partnership,
        decision__decided_at__gt=since.taken_at,
        decision__decided_at__lte=until.taken_at,
    )
    return {
        "versions": versions.order_by("quarterly_return", "number").values(
            "number",
            of=F("quarterly_return"),
            body=F("quarterly_return__organisation"),
            quarter=F("quarterly_return__round__quarter_number"),
            at=F("certificate__certified_at"),
            spend=KeyTransform("spend", "content"),
            adjustments=KeyTransform("adjustments", "content"),
        ),
        "lines": lines.order_by("pk").values(line=F("pk"), award=F("intervention__award")),
        "moved": moved.order_by("decision__decided_at", "pk").values(
            "decision",
            "organisation",
            "amount",
            reference=F("decision__reference"),
            at=F("decision__decided_at"),
        ),
    }


def _certified(row: Row, awards: Mapping[int, int]) -> Certified:
    """One version, its lines added up by award."""
    actuals: dict[int, Decimal] = defaultdict(Decimal)
    forecasts: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in row["spend"]:
        award = awards.get(int(line["key"]), 0)
        actuals[award] += Decimal(line["actual"] or 0)
        for number, amount in line["forecasts"].items():
            forecasts[award][int(number)] += Decimal(amount)
    corrections = {
        line["key"]: (line["name"], awards.get(int(line["key"].split("/")[1]), 0), Decimal(line["amount"]))
        for line in row["adjustments"]
    }
    at = datetime.fromisoformat(row["at"])
    return Certified(
        row["of"], row["body"], row["quarter"], row["number"], at, actuals, forecasts, corrections
    )


def _standing(
    certified: Sequence[Certified], returns: set[tuple[int, int]], at: datetime
) -> dict[tuple[int, int], Certified]:
    """Of each return that counts in a record, the version that was certified last by then."""
    return {
        (one.recipient, one.quarter): one
        for one in certified
        if (one.recipient, one.quarter) in returns and one.certified_at <= at
    }
