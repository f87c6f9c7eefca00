"""When a reason is asked for, and what is kept of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from funding import return_sheet
from funding.actions import returns
from funding.actions.errors import UnableTo
from funding.actions.variances import ReasonEntry, save_variances
from funding.models import BudgetLine, QuarterlyReturn, ReasonCode, ReturnRules, VarianceReason
from funding.return_parts import needing_reason, parts
from tests.world import NOW, World

# Plans of the two lines in quarter 2: £10,000.00 and £5,000.00.
CASES = [
    "0.00",
    "8999.99",
    "9000.00",
    "9000.01",
    "10000.00",
    "11000.00",
    "11000.01",
    "4000.00",
    "5500.00",
    "6000.00",
]


@pytest.fixture
def rules(world: World) -> ReturnRules:
    """Over £1,000.00 and over 10% of the plan."""
    found = ReturnRules.objects.get(partnership=world.partnership)
    found.variance_pounds = Decimal("1000.00")
    found.save()
    return found


@pytest.fixture
def found(world: World, rules: ReturnRules) -> QuarterlyReturn:
    world.open()
    return world.return_of(world.north)


@pytest.mark.parametrize("actual", CASES)
def test_the_page_and_the_database_ask_of_the_same_lines(
    actual: str, found: QuarterlyReturn, rules: ReturnRules, world: World
) -> None:
    filled = world.fill(found, by=world.lead, actual=actual)
    asked = set(needing_reason(filled).values_list("budget_line", flat=True))
    assert {row.line.pk for row in return_sheet.load(filled).rows if row.asks_why} == asked
    expected = {
        line.pk
        for line, plan in zip(
            BudgetLine.objects.of(world.north, 2026), (Decimal(10000), Decimal(5000)), strict=True
        )
        if abs(Decimal(actual) - plan) >= 1000 and abs(Decimal(actual) - plan) > plan / 10
    }
    assert asked == expected


def give(found: QuarterlyReturn, world: World, words: str = "The post was vacant.") -> QuarterlyReturn:
    entries = [
        ReasonEntry(line.budget_line, ReasonCode.VACANCY, words, date(2026, 12, 31))
        for line in needing_reason(found).select_related("budget_line")
    ]
    return save_variances(
        quarterly_return=found, revision=found.revision, entries=entries, by=world.lead, at=NOW
    )


def test_a_return_is_not_sent_before_its_variances_are_explained(
    found: QuarterlyReturn, world: World
) -> None:
    filled = world.fill(found, by=world.lead, actual="1000.00")
    part = next(part for part in parts(filled) if part.code == "variances")
    assert (part.is_done, part.left) == (False, "2 reasons to enter")
    with pytest.raises(UnableTo, match="Reasons for variances"):
        returns.send(quarterly_return=filled, by=world.lead, at=NOW)
    explained = give(filled, world)
    assert explained.status == "ready"
    returns.send(quarterly_return=explained, by=world.lead, at=NOW)


def test_a_reason_stays_where_it_is_not_asked_for_any_more(found: QuarterlyReturn, world: World) -> None:
    explained = give(world.fill(found, by=world.lead, actual="1000.00"), world)
    on_plan = world.fill(explained, by=world.lead, actual="5000.00")
    rows = {row.line.intervention.name: row for row in return_sheet.load(on_plan).rows}
    assert rows["Knife crime sessions"].reason is None, "it is shown only where it is asked for"
    assert rows["Mentoring"].reason
    assert rows["Mentoring"].reason.label == "A post was vacant"
    assert VarianceReason.objects.count() == 2
    save_variances(
        quarterly_return=on_plan,
        revision=on_plan.revision,
        entries=[],
        emptied=[rows["Mentoring"].line],
        by=world.lead,
        at=NOW,
    )
    assert VarianceReason.objects.get().budget_line == rows["Knife crime sessions"].line


def test_a_line_of_another_plan_is_refused(found: QuarterlyReturn, world: World) -> None:
    theirs = BudgetLine.objects.of(world.south, 2026)[0]
    filled = world.fill(found, by=world.lead)
    with pytest.raises(UnableTo):
        save_variances(
            quarterly_return=filled,
            revision=filled.revision,
            entries=[ReasonEntry(theirs, ReasonCode.OTHER, "Not ours.", None)],
            by=world.lead,
            at=NOW,
        )
    assert not VarianceReason.objects.exists()
