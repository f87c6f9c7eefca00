"""The papers of a return: the receipt of a certificate, and the report for a committee. Read-only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from authorities.filters import date_words, time_words
from funding import suppression
from funding.models import ActivityTarget, Certificate, QuarterlyReturn, ReturnVersion
from funding.money import change, pounds
from funding.papers import Block, Facts, Items, Paper, Prose, Section, Table
from funding.return_content import NOT_RETURNED, beside_the_figures, totals
from funding.return_rows import Row
from funding.return_sheet import Sheet
from funding.snapshot import Content
from funding.suppression import hide

DRAFT = "Draft: not certified"


def receipt(found: QuarterlyReturn, certificate: Certificate, *, address: str) -> Paper:
    """What was certified, by whom, when, and how to check it. `address` is of the hashed content."""
    version = certificate.version
    return Paper(
        title="Certification receipt",
        subject=f"{found.organisation.name}, {found.quarter}",
        mark="",
        sections=[
            Section("Certificate", [Facts(_signature(certificate)), _sent(version)]),
            Section("Declaration, as signed", [_declaration(certificate)]),
            Section("Totals", [totals(version.content)]),
            Section(
                "How to check this receipt",
                [
                    Items(
                        [
                            f"Download the content of version {version.number} from {address}.",
                            "Work out the SHA-256 of the file, for example with “sha256sum content.json” or, "
                            "on Windows, with “certutil -hashfile content.json SHA256”.",
                            "It is the same as above. If one character of the return were different, the "
                            "whole hash would be.",
                        ]
                    )
                ],
            ),
        ],
        dated=certificate.certified_at,
    )


def _signature(certificate: Certificate) -> list[tuple[str, str]]:
    return [
        ("Reference", certificate.reference),
        ("Certified by", certificate.certified_by.name),
        ("Capacity", certificate.capacity),
        ("Certified on", time_words(certificate.certified_at)),
        ("Version", str(certificate.version.number)),
        ("SHA-256 of the content", certificate.version.digest),
    ]


def _declaration(certificate: Certificate) -> Items:
    return Items(certificate.declaration.split("\n"))


def _sent(version: ReturnVersion) -> Prose:
    return Prose("", [f"Sent to the certifier by {version.sent_by.name} on {time_words(version.sent_at)}."])


def report(
    found: QuarterlyReturn,
    *,
    content: Content,
    sheet: Sheet,
    certificate: Certificate | None,
    targets: Mapping[str, ActivityTarget],
    small: int = 0,
    dated: datetime,
) -> Paper:
    """The report for a council's committee; without a certificate it is marked as a draft.

    `targets` by intervention; `small` hides counts of people below it from outside readers.
    """
    variances = {str(row.line.pk): row.actual - row.plan for row in sheet.rows if row.actual is not None}
    police = found.organisation.is_police
    delivered = _patrols(content) if police else _activity(content, targets, small)
    return Paper(
        title="Violence reduction grant: quarterly report",
        subject=f"{found.organisation.name}, {found.quarter}",
        mark="" if certificate or found.is_counted else DRAFT,
        sections=[
            Section("Summary", [Facts(_summary(found, sheet, certificate))]),
            Section("Money by budget line", [_money(found, sheet)]),
            Section("Patrols" if police else "Activity against targets", [delivered]),
            *beside_the_figures(content, variances),
            Section("Certification", _certification(found, certificate)),
        ],
        dated=dated,
    )


def _summary(found: QuarterlyReturn, sheet: Sheet, certificate: Certificate | None) -> list[tuple[str, str]]:
    rows = [
        ("Status", found.get_status_display()),
        ("Plan for the quarter", pounds(sheet.plan)),
        ("Actual spend in the quarter", _pounds(sheet.actual)),
        ("Actual less plan", _difference(sheet.actual, sheet.plan)),
        ("Expected for the whole year", _pounds(sheet.full_year)),
        ("Budget for the year", pounds(sheet.budget)),
        ("Left of the budget at the year's end", _pounds(sheet.left)),
        ("Due", date_words(found.due_on)),
    ]
    if found.is_nil:
        rows.append(("Nil return", "Nothing was spent and nothing was delivered"))
    if certificate:
        rows.append(("Certified", f"{certificate.certified_by.name}, {time_words(certificate.certified_at)}"))
        rows.append(("Reference", certificate.reference))
    return rows


def _pounds(amount: Decimal | None) -> str:
    return NOT_RETURNED if amount is None else pounds(amount)


def _difference(actual: Decimal | None, plan: Decimal) -> str:
    return NOT_RETURNED if actual is None else change(actual - plan)


def _money(found: QuarterlyReturn, sheet: Sheet) -> Table:
    number = found.quarter.number

    def cells(row: Row | Sheet) -> list[str]:
        return [
            pounds(row.plan),
            _pounds(row.actual),
            _difference(row.actual, row.plan),
            _pounds(row.full_year),
            pounds(row.budget),
            _pounds(row.left),
        ]

    uncounted = ", ".join(quarter.label for quarter in sheet.uncounted)
    return Table(
        "Plan, spend and forecast",
        [
            "Budget line",
            f"Plan, Q{number}",
            f"Actual, Q{number}",
            "Actual less plan",
            "Full year",
            "Budget",
            "Left of budget",
        ],
        [[str(row.line), *cells(row)] for row in sheet.rows],
        foot=["Total", *cells(sheet)] if sheet.rows else [],
        numeric=tuple(range(1, 7)),
        note="Full year is certified spend of earlier quarters, this quarter's, corrections and the forecast."
        + (f" No certified spend is counted for {uncounted}." if uncounted else ""),
    )


def _activity(content: Content, targets: Mapping[str, ActivityTarget], small: int) -> Table:
    lines = content["activity"]
    columns: list[list[str]] = []
    for name in ("universal_reached", "targeted_reached", "sessions"):
        counts = [line[name] for line in lines]
        # How many sessions there were says nothing about a person.
        done = hide(counts, small) if small and name != "sessions" else counts
        columns.append([f"{one:,}" if isinstance(one, int) else str(one) for one in done])
        aims = [getattr(targets.get(line["key"]), name, None) for line in lines]
        columns.append(["" if aim is None else f"{aim:,}" for aim in aims])
    return Table(
        "What was done, beside the target for the quarter",
        [
            "Intervention",
            *("Reached, universal", "Target"),
            *("Supported, targeted", "Target"),
            *("Sessions", "Target"),
        ],
        [[line["name"], *cells] for line, *cells in zip(lines, *columns, strict=True)],
        numeric=tuple(range(1, 7)),
        note="Universal reach and targeted support are never added together."
        + (f" {suppression.note(small)}" if small else ""),
    )


def _patrols(content: Content) -> Table:
    names = ("visits", "arrests", "searches", "asb_powers")
    lines = content["patrols"]
    hours = sum((Decimal(line["hours"]) for line in lines), Decimal(0))
    sums = [f"{sum(line[name] for line in lines):,}" for name in names]
    return Table(
        "Patrols by hotspot",
        ["Hotspot", "Hours", "Visits", "Arrests", "Stop and searches", "ASB powers used"],
        [
            [line["name"], f"{Decimal(line['hours']):,}", *(f"{line[name]:,}" for name in names)]
            for line in lines
        ],
        foot=["Total", f"{hours:,}", *sums] if lines else [],
        numeric=tuple(range(1, 6)),
    )


def _certification(found: QuarterlyReturn, certificate: Certificate | None) -> list[Block]:
    if certificate is None and found.certified_by and found.certified_at:
        when = time_words(found.certified_at)
        return [Prose("", [f"Certified by {found.certified_by.name} on {when}, before receipts were kept."])]
    if certificate is None:
        return [Prose("", [f"{DRAFT}. The figures may still change, and the board does not count them."])]
    return [Facts(_signature(certificate)), _declaration(certificate)]
