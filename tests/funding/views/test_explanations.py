"""The pages of reasons, of corrections and of every change."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from authorities.models import User
from funding.actions import returns
from funding.models import Adjustment, BudgetLine, QuarterlyReturn, ReturnRules, VarianceReason
from tests.journeys.forms import Fields
from tests.world import NOW, Q1, World

SignIn = Callable[[User], Client]


@pytest.fixture
def found(world: World) -> QuarterlyReturn:
    """Quarter 2 of the north, filled with £1,000.00 a line, where a reason is asked for at £1,000.00 and 10%."""
    world.open(Q1)
    world.accept(world.return_of(world.north, Q1), by=world.lead, certifier=world.certifier)
    world.open()
    filled = world.fill(world.return_of(world.north), by=world.lead)
    ReturnRules.objects.filter(partnership=world.partnership).update(variance_pounds=Decimal("1000.00"))
    return filled


def lines_of(found: QuarterlyReturn) -> list[BudgetLine]:
    return list(BudgetLine.objects.of(found.organisation, found.round.year))


# --- reasons ---------------------------------------------------------------------------------


def said(found: QuarterlyReturn, **changed: str) -> dict[str, str]:
    data = {"revision": str(found.revision)}
    for line in lines_of(found):
        data |= {
            f"code-{line.pk}": "vacancy",
            f"words-{line.pk}": "No post.",
            f"recovers_on-{line.pk}": "31 12 2026",
        }
    return data | changed


def test_a_partnership_that_has_set_no_rules_has_the_usual_ones(
    found: QuarterlyReturn, world: World, as_user: SignIn
) -> None:
    ReturnRules.objects.filter(partnership=world.partnership).delete()
    page = as_user(world.lead).get(reverse("return_variances", args=[found.pk])).content.decode()
    assert "£1,000.00 or more above or below its plan" in page
    assert "more than 10% of that plan" in page


def test_each_line_over_the_thresholds_is_asked_for(
    found: QuarterlyReturn, lead: User, as_user: SignIn
) -> None:
    page = as_user(lead).get(reverse("return_variances", args=[found.pk])).content.decode()
    assert "£1,000.00 or more above or below its plan" in page
    assert "by more than 10% of that plan" in page
    assert page.count("<legend") == 2
    assert "\N{MINUS SIGN}£9,000.00 (90.0% of the plan)" in page
    assert (
        "Give reasons for variances"
        in as_user(lead).get(reverse("return_spend", args=[found.pk])).content.decode()
    )


def test_reasons_are_saved_and_stand_beside_their_line(
    found: QuarterlyReturn, world: World, lead: User, as_user: SignIn
) -> None:
    _, second = lines_of(found)
    never = {f"recovers_on-{second.pk}": "", f"never-{second.pk}": "on", f"code-{second.pk}": "stopped"}
    answer = as_user(lead).post(reverse("return_variances", args=[found.pk]), said(found, **never))
    assert answer["Location"] == reverse("return", args=[found.pk])
    sent = returns.send(quarterly_return=world.return_of(world.north), by=lead, at=NOW)
    certify = as_user(world.certifier).get(reverse("return_certify", args=[found.pk])).content.decode()
    returns.certify(quarterly_return=sent, by=world.certifier, at=NOW)
    review = as_user(world.officer).get(reverse("return_review", args=[found.pk])).content.decode()
    seen = as_user(world.auditor).get(reverse("return", args=[found.pk])).content.decode()
    for page in (certify, review, seen):
        assert "A post was vacant.</strong> No post. Back on plan by 31 December 2026." in page
        assert "The work was stopped or cancelled.</strong> No post. Not back on plan this year." in page


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("code", "", "Choose a reason for Mentoring, Staffing"),
        ("code", "because", "Choose one of the reasons of the list."),
        ("words", " ", "Say in words why Mentoring, Staffing is not on plan"),
        (
            "recovers_on",
            "",
            "Enter the day by which Mentoring, Staffing is back on plan, or tick that it will not be",
        ),
        ("recovers_on", "soon", "Enter a real date, like 31 3 2026."),
        ("recovers_on", "1 4 2027", "Enter a day from 1 July 2026 to 31 March 2027."),
        ("never", "on", "Enter a day or tick the box, not both"),
    ],
)
def test_a_half_filled_reason_says_what_it_lacks(
    *, name: str, text: str, sentence: str, found: QuarterlyReturn, lead: User, as_user: SignIn
) -> None:
    line = lines_of(found)[0]
    address = reverse("return_variances", args=[found.pk])
    data = said(found, **{f"{name}-{line.pk}": text})
    assert sentence in as_user(lead).post(address, data).content.decode()
    assert not VarianceReason.objects.exists()
    by_itself = as_user(lead).post(address, data | {"autosave": "yes"}).json()
    assert VarianceReason.objects.get().budget_line != line, "the other line is complete"
    assert by_itself["refused"] or by_itself["waiting"]


def test_a_line_without_a_reason_waits_and_is_told(
    found: QuarterlyReturn, lead: User, as_user: SignIn
) -> None:
    line = lines_of(found)[0]
    address = reverse("return_variances", args=[found.pk])
    empty = {f"{name}-{line.pk}": "" for name in ("code", "words", "recovers_on")}
    page = as_user(lead).post(address, said(found, stay="yes", **empty), follow=True).content.decode()
    assert "Reasons saved. 1 reason to enter." in page
    assert VarianceReason.objects.count() == 1


def test_a_second_editor_of_reasons_keeps_the_own_text(
    found: QuarterlyReturn, lead: User, as_user: SignIn
) -> None:
    line = lines_of(found)[0]
    address = reverse("return_variances", args=[found.pk])
    as_user(lead).post(address, said(found))
    mine = said(found, **{f"words-{line.pk}": "Mine.", f"code-{line.pk}": "other"})
    page = as_user(lead).post(address, mine).content.decode()
    assert "Somebody else saved this return while you were typing." in page
    assert "Mine.</textarea>" in page
    assert "Saved meanwhile: No post." in page
    assert "Saved meanwhile: A post was vacant" in page
    as_user(lead).post(address, mine | {"revision": str(found.revision + 1)})
    assert VarianceReason.objects.get(budget_line=line).words == "Mine."


# --- corrections -----------------------------------------------------------------------------


def entered(found: QuarterlyReturn, world: World, **changed: str) -> dict[str, str]:
    return {
        "revision": str(found.revision),
        "corrects": str(world.return_of(world.north, Q1).pk),
        "budget_line": str(lines_of(found)[0].pk),
        "amount": "-£250.10",
        "reason": "Entered twice.",
    } | changed


def test_a_correction_is_entered_changed_and_removed(
    found: QuarterlyReturn, world: World, lead: User, as_user: SignIn
) -> None:
    address, client = reverse("return_corrections", args=[found.pk]), as_user(lead)
    page = client.post(address, entered(found, world), follow=True).content.decode()
    assert "Correction added." in page
    assert page.count("\N{MINUS SIGN}£250.10") == 2, "in the list and in its total"
    assert "It never crosses 31 March" in page
    one = Adjustment.objects.get()

    form = client.get(f"{address}?change={one.pk}").content.decode()
    assert Fields(form).values["change"] == str(one.pk)
    data = {"revision": str(found.revision + 1), "change": str(one.pk), "amount": "7", "reason": "Other."}
    assert "Correction changed." in client.post(address, data, follow=True).content.decode()
    assert Adjustment.objects.get().amount == 7

    check = client.get(reverse("return_check", args=[found.pk])).content.decode()
    assert "Corrections of earlier quarters, which count in Q2 2026/27" in check
    assert "Actual and corrections together" in check
    assert "+£7.00" in check

    gone = {"revision": str(found.revision + 2), "remove": str(one.pk)}
    assert "Correction removed." in client.post(address, gone, follow=True).content.decode()
    assert not Adjustment.objects.exists()


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("corrects", "", "Choose the quarter that you correct."),
        ("corrects", "999999", "Choose one of the quarters of the list."),
        ("budget_line", "0", "Choose one of the budget lines of the list."),
        ("amount", "", "Enter an amount, like 250.00 or -250.00"),
        ("amount", "0", "Enter an amount above or below £0.00"),
        ("amount", "1.234", "no more than 2 digits after the point"),
        ("amount", "-1000.01", "This takes back more than was spent"),
        ("reason", " ", "Say why the earlier quarter is corrected."),
    ],
)
def test_a_wrong_correction_keeps_its_text_and_says_why(
    *, name: str, text: str, sentence: str, found: QuarterlyReturn, world: World, lead: User, as_user: SignIn
) -> None:
    address = reverse("return_corrections", args=[found.pk])
    page = as_user(lead).post(address, entered(found, world, **{name: text})).content.decode()
    assert sentence in page
    assert "<title>Error: " in page
    assert not Adjustment.objects.exists()


def test_nobody_changes_the_correction_of_another_return(
    found: QuarterlyReturn, world: World, lead: User, as_user: SignIn
) -> None:
    as_user(lead).post(reverse("return_corrections", args=[found.pk]), entered(found, world))
    theirs = reverse("return_corrections", args=[world.return_of(world.south).pk])
    number, client = Adjustment.objects.get().pk, as_user(world.stranger)
    assert client.get(f"{theirs}?change={number}").status_code == 404
    assert client.post(theirs, {"revision": "0", "remove": str(number)}).status_code == 404
    assert Adjustment.objects.count() == 1


def test_without_a_certified_quarter_there_is_nothing_to_correct(
    world: World, lead: User, as_user: SignIn
) -> None:
    world.open(Q1)
    page = as_user(lead).get(reverse("return_corrections", args=[world.return_of(world.north, Q1).pk]))
    assert "No earlier quarter of this year has been certified" in page.content.decode()


# --- every change ----------------------------------------------------------------------------


def test_every_change_is_told_with_who_before_and_after(
    found: QuarterlyReturn, world: World, lead: User, as_user: SignIn
) -> None:
    line = lines_of(found)[0]
    client = as_user(lead)
    address = reverse("return_spend", args=[found.pk])
    typed = Fields(client.get(address).content.decode()).values
    client.post(address, typed | {f"actual-{line.pk}": "1,234.56", f"forecast4-{line.pk}": ""})
    client.post(
        reverse("return_corrections", args=[found.pk]),
        entered(found, world, revision=str(found.revision + 1)),
    )

    page = as_user(world.auditor).get(reverse("return_changes", args=[found.pk])).content.decode()

    assert "<strong>Lead</strong> changed Mentoring, Staffing" in page
    assert (
        'from <span class="portal-diff__text">£1,000.00</span> to <span class="portal-diff__text">£1,234.56</span>'
        in page
    )
    assert "<strong>Lead</strong> took out Mentoring, Staffing, quarter 4" in page
    assert "<strong>Lead</strong> entered Mentoring, Staffing, quarter 1" in page
    spent = as_user(lead).get(reverse("return_changes", args=[found.pk]), {"part": "spend"}).content.decode()
    assert spent.index("£1,234.56") < spent.rindex("entered Mentoring, Staffing"), "newest first"
    only = (
        as_user(lead)
        .get(reverse("return_changes", args=[found.pk]), {"part": "corrections"})
        .content.decode()
    )
    assert "1 change<" in only
    assert "£1,234.56" not in only


def test_changes_are_paged_and_any_page_number_is_answered(
    found: QuarterlyReturn, world: World, lead: User, as_user: SignIn
) -> None:
    for turn in range(20):
        world.fill(world.return_of(world.north), by=lead, actual=f"{turn}.00")
    address, client = reverse("return_changes", args=[found.pk]), as_user(lead)
    first, second = (client.get(address, {"page": page}).content.decode() for page in ("1", "2"))
    assert "page 1 of" in first
    assert "page 2 of" in second
    assert first.count('class="portal-history__item"') == 25
    for page in ("0", "-1", "999999", "x", "9" * 40, "\u0661"):
        assert "page 1 of" in client.get(address, {"page": page, "part": "nothing"}).content.decode()


def test_the_name_of_a_hotspot_is_in_nobodys_record(world: World, as_user: SignIn) -> None:
    world.open()
    theirs = world.fill(world.return_of(world.police), by=world.police_lead)
    for who in (world.auditor, world.police_lead, world.officer, world.police_certifier):
        page = as_user(who).get(reverse("return_changes", args=[theirs.pk])).content.decode()
        assert "hotspot H01" in page
        assert "Secret Street" not in page


def test_the_record_costs_the_same_queries_for_many_changes(
    found: QuarterlyReturn,
    world: World,
    lead: User,
    as_user: SignIn,
    django_assert_num_queries: Callable[..., object],
) -> None:
    client, address = as_user(lead), reverse("return_changes", args=[found.pk])
    with django_assert_num_queries(5):
        client.get(address)
    for turn in range(5):
        world.fill(world.return_of(world.north), by=lead, actual=f"{turn}.00")
    with django_assert_num_queries(5):
        client.get(address)
