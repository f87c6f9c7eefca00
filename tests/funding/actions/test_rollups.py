"""Roll-ups: right to the penny, idempotent, incremental, and nothing is ever lost."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from funding.actions import returns, rollups
from funding.models import Figure, FigureBasis, ReturnFigure, RollUpMark, RollUpRun
from funding.reconciliation import reconcile
from tests.world import NOW, Q1, Q2, World


def figures() -> list[tuple[object, ...]]:
    fields = [
        field.attname for field in Figure._meta.concrete_fields if field.attname not in ("id", "run_id")
    ]
    return sorted(Figure.objects.values_list(*fields), key=str)


def test_figures_are_the_sums_of_the_lines(world: World) -> None:
    world.open()
    world.accept(world.return_of(world.north), by=world.lead, certifier=world.certifier, actual="1234.56")
    world.roll_up()

    second = {
        figure.tier: figure for figure in Figure.objects.filter(organisation=world.north, quarter_number=2)
    }
    assert second["secondary"].plan == Decimal("10000.00")
    assert second["secondary"].actual == Decimal("1234.56")
    assert (second["primary"].forecast_2, second["primary"].forecast_3, second["primary"].forecast_4) == (
        None,
        Decimal("1100.00"),
        Decimal("1100.00"),
    )
    delivered = ReturnFigure.objects.get(organisation=world.north, quarter_number=2)
    assert (delivered.basis, delivered.universal_reached, delivered.targeted_reached) == ("accepted", 600, 24)


def test_two_lines_of_one_tier_and_heading_are_added_up(world: World) -> None:
    world.plan(world.north, world.award, "Street work", ["1.01", "2.02", "3.03", "4.04"], by=world.lead)
    world.open()
    world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier, actual="0.01")
    world.roll_up()

    figure = Figure.objects.get(organisation=world.north, quarter_number=2, tier="secondary")
    assert (figure.plan, figure.actual) == (Decimal("10002.02"), Decimal("0.02"))


def test_missing_is_not_zero(world: World) -> None:
    world.open()
    world.roll_up()
    assert set(Figure.objects.values_list("actual", flat=True)) == {None}
    assert set(ReturnFigure.objects.values_list("basis", "universal_reached")) == {("missing", None)}


def test_drafts_are_never_rolled_up(world: World) -> None:
    world.open()
    world.send(world.return_of(world.north), by=world.lead, actual="666.66")
    rollups.recompute(partnership=world.partnership, clock=lambda: NOW)
    assert not Figure.objects.filter(actual__isnull=False).exists()
    assert not ReturnFigure.objects.exclude(basis=FigureBasis.MISSING).exists()


def test_a_queried_return_no_longer_counts(world: World) -> None:
    world.open()
    certified = world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    world.roll_up()
    assert ReturnFigure.objects.get(organisation=world.north, quarter_number=2).basis == "provisional"

    returns.query(quarterly_return=certified, reason="Why?", by=world.officer, at=NOW)
    world.roll_up()

    assert ReturnFigure.objects.get(organisation=world.north, quarter_number=2).basis == "queried"
    assert not Figure.objects.filter(actual__isnull=False).exists()


def test_a_second_rebuild_changes_nothing(world: World) -> None:
    world.open()
    world.accept(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    world.roll_up()
    before = figures()
    rollups.rebuild(organisation=world.north, quarter=Q2, clock=lambda: NOW)
    rollups.rebuild(organisation=world.north, quarter=Q2, clock=lambda: NOW)
    assert figures() == before


def test_marks_are_coalesced_and_served_once(world: World) -> None:
    world.roll_up()
    for _ in range(5):
        rollups.mark(organisation=world.north, quarter=Q2, at=NOW)
    rollups.mark(organisation=world.south, quarter=Q1, at=NOW)
    runs = RollUpRun.objects.count()

    assert world.roll_up() == 2
    assert (RollUpMark.objects.count(), RollUpRun.objects.count()) == (0, runs + 2)
    assert world.roll_up() == 0


def test_a_run_that_dies_leaves_its_mark_and_says_so(world: World) -> None:
    world.roll_up()
    rollups.mark(organisation=world.north, quarter=Q2, at=NOW)

    def broken_clock_at_the_end() -> object:
        if RollUpRun.objects.filter(done_at__isnull=True).exists():
            raise MemoryError
        return NOW

    with pytest.raises(MemoryError):
        rollups.rebuild(organisation=world.north, quarter=Q2, clock=broken_clock_at_the_end)  # type: ignore[arg-type]

    assert RollUpMark.objects.count() == 1
    assert RollUpRun.objects.get(done_at__isnull=True).organisation == world.north
    assert world.roll_up() == 1


def test_the_recompute_finds_and_repairs_a_figure_altered_by_hand(world: World) -> None:
    world.open()
    world.accept(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    world.roll_up()
    before = figures()
    assert rollups.recompute(partnership=world.partnership, clock=lambda: NOW).differences == []

    Figure.objects.filter(organisation=world.north, quarter_number=2, tier="primary").update(actual="999.99")
    run = rollups.recompute(partnership=world.partnership, clock=lambda: NOW)

    assert run.differences == ["North Council, Q2 2026/27"]
    assert figures() == before


def reconcile_command() -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("reconcile", stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("funding_figure", "plan = plan + 0.01"),
        ("funding_figure", "actual = actual + 0.01"),
        ("funding_figure", "forecast_4 = forecast_4 + 0.01"),
        ("funding_returnfigure", "universal_reached = universal_reached + 1"),
        ("funding_allocationfigure", "amount = amount - 0.01"),
        ("funding_allocationfigure", "DELETE"),
    ],
)
def test_reconcile_exits_1_when_a_figure_is_altered(world: World, table: str, change: str) -> None:
    world.open()
    world.accept(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    world.roll_up()
    code, text = reconcile_command()
    assert code == 0, text
    assert "0 differences" in text

    with connection.cursor() as cursor:
        only = "WHERE id = (SELECT MIN(id) FROM {} WHERE organisation_id = %s{})".format(
            table, " AND actual IS NOT NULL" if table == "funding_figure" else ""
        )
        statement = (
            f"DELETE FROM {table} {only}" if change == "DELETE" else f"UPDATE {table} SET {change} {only}"
        )
        if table == "funding_returnfigure":
            statement = statement.replace(
                "organisation_id = %s", "organisation_id = %s AND quarter_number = 2"
            )
        cursor.execute(statement, [world.north.pk])
        assert cursor.rowcount == 1

    code, text = reconcile_command()
    assert code == 1
    assert "DIFFERENT" in text


def test_a_rebuild_costs_what_its_quarter_is_large(world: World) -> None:
    """The same number of statements with one quarter of history and with a hundred."""
    world.open()
    world.accept(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    world.roll_up()
    with CaptureQueriesContext(connection) as few:
        rollups.rebuild(organisation=world.north, quarter=Q2, clock=lambda: NOW)
    world.open(Q1)
    world.accept(world.return_of(world.south, Q1), by=world.stranger, certifier=world.south_certifier)
    world.roll_up()
    with CaptureQueriesContext(connection) as many:
        rollups.rebuild(organisation=world.north, quarter=Q2, clock=lambda: NOW)
    assert len(many) == len(few)


def test_reconcile_covers_money_and_delivery(world: World) -> None:
    world.open()
    world.accept(world.return_of(world.police), by=world.police_lead, certifier=world.police_certifier)
    world.accept(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    world.roll_up()
    measures = {check.measure for check in reconcile(world.partnership)}
    assert measures >= {
        "Allocated",
        "Planned",
        "Actual",
        "Committed",
        "Forecast",
        "Hours",
        "Arrests",
        "Sessions",
    }
