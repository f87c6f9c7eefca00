"""The parts of a return that people fill in."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from authorities import actions as people
from authorities.models import User
from authorities.roles import Role
from funding.actions import patrols as patrol_actions
from funding.actions import returns
from funding.models import (
    ActivityLine,
    BudgetLine,
    ForecastLine,
    Intervention,
    PatrolLine,
    QuarterlyReturn,
    ReturnStatus,
    SpendLine,
)
from funding.return_parts import parts
from tests.journeys.forms import Fields
from tests.world import NOW, Q1, Q2, START, World

SignIn = Callable[[User], Client]
PARTS = ("return_spend", "return_activity", "return_narrative", "return_nil")


@pytest.fixture
def found(open_world: World) -> QuarterlyReturn:
    return open_world.return_of(open_world.north)


@pytest.fixture
def police_return(open_world: World) -> QuarterlyReturn:
    return open_world.return_of(open_world.police)


def lines_of(found: QuarterlyReturn) -> list[BudgetLine]:
    return list(BudgetLine.objects.of(found.organisation, found.round.year))


def spend(found: QuarterlyReturn, **changed: str) -> dict[str, str]:
    """What a browser sends: the same amounts in every line, then what is changed."""
    data = {"revision": str(found.revision)}
    for line in lines_of(found):
        data |= {f"actual-{line.pk}": "1,234.50", f"committed-{line.pk}": "0"}
        data |= {f"forecast{later.number}-{line.pk}": "£2000" for later in found.quarter.remaining}
    return data | changed


# --- the checklist of every part -----------------------------------------------------------


@pytest.mark.parametrize("part", PARTS)
def test_a_part_opens_for_its_preparer(
    part: str, found: QuarterlyReturn, lead: User, as_user: SignIn
) -> None:
    response = as_user(lead).get(reverse(part, args=[found.pk]))
    assert response.status_code == 200
    assert 'name="revision" value="0"' in response.content.decode()


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("stranger", 404),
        ("board_member", 404),
        ("administrator", 404),
        ("auditor", 403),
        ("officer", 403),
        ("certifier", 403),
    ],
)
def test_nobody_else_writes(
    *, part: str, method: str, who: str, status: int, found: QuarterlyReturn, world: World, as_user: SignIn
) -> None:
    client = as_user(getattr(world, who))
    response = getattr(client, method)(reverse(part, args=[found.pk]), spend(found))
    assert response.status_code == status
    found.refresh_from_db()
    assert (found.status, found.revision) == (ReturnStatus.NOT_STARTED, 0)


@pytest.mark.parametrize("part", [*PARTS, "return_patrols"])
def test_a_number_that_was_never_given_is_not_found(part: str, lead: User, as_user: SignIn) -> None:
    assert as_user(lead).get(reverse(part, args=[999999])).status_code == 404


@pytest.mark.parametrize("part", PARTS)
def test_other_methods_are_refused(part: str, found: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    assert as_user(lead).delete(reverse(part, args=[found.pk])).status_code == 405


@pytest.mark.parametrize("part", PARTS)
def test_a_visitor_signs_in_first(part: str, found: QuarterlyReturn, client: Client) -> None:
    response = client.get(reverse(part, args=[found.pk]))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("part", PARTS)
def test_a_locked_return_says_which_lock(
    part: str, found: QuarterlyReturn, world: World, lead: User, as_user: SignIn
) -> None:
    world.send(found, by=lead)
    response = as_user(lead).get(reverse(part, args=[found.pk]), follow=True)
    assert response.redirect_chain == [(reverse("return", args=[found.pk]), 302)]
    assert "Take it back before you change it." in response.content.decode()


def test_typing_into_a_locked_return_is_kept(
    found: QuarterlyReturn, world: World, lead: User, as_user: SignIn
) -> None:
    sent = world.send(found, by=lead)
    line = lines_of(found)[0]
    data = spend(sent, **{f"actual-{line.pk}": "4321.99"})
    page = as_user(lead).post(reverse("return_spend", args=[found.pk]), data).content.decode()
    assert "Take it back before you change it." in page
    assert 'value="4321.99"' in page
    assert not SpendLine.objects.filter(actual=Decimal("4321.99")).exists()


def test_only_the_police_return_patrols(
    found: QuarterlyReturn, world: World, lead: User, police_lead: User, as_user: SignIn
) -> None:
    theirs = world.return_of(world.police)
    assert as_user(lead).get(reverse("return_patrols", args=[found.pk])).status_code == 404
    assert as_user(police_lead).get(reverse("return_activity", args=[theirs.pk])).status_code == 404


# --- spend and forecast --------------------------------------------------------------------


def test_spend_is_saved_to_the_penny(found: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    line = lines_of(found)[0]
    data = spend(found, **{f"actual-{line.pk}": "£12,345.67", f"forecast3-{line.pk}": "0.01"})
    response = as_user(lead).post(reverse("return_spend", args=[found.pk]), data)
    assert response["Location"] == reverse("return", args=[found.pk])
    assert SpendLine.objects.get(budget_line=line).actual == Decimal("12345.67")
    forecasts = ForecastLine.objects.filter(budget_line=line).values_list("quarter_number", "amount")
    assert sorted(forecasts) == [(3, Decimal("0.01")), (4, Decimal("2000.00"))]


def test_save_stays_on_the_page(found: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    address = reverse("return_spend", args=[found.pk])
    response = as_user(lead).post(address, spend(found, stay="yes"), follow=True)
    page = response.content.decode()
    assert response.redirect_chain == [(address, 302)]
    assert "Spend and forecast saved." in page
    assert 'name="revision" value="1"' in page
    assert 'value="1234.50"' in page


def test_every_refused_amount_keeps_its_text_and_says_why(
    found: QuarterlyReturn, lead: User, as_user: SignIn
) -> None:
    first, second = lines_of(found)
    wrong = {f"actual-{first.pk}": "12.345", f"committed-{first.pk}": "1e3", f"forecast3-{second.pk}": "-5"}
    page = (
        as_user(lead).post(reverse("return_spend", args=[found.pk]), spend(found, **wrong)).content.decode()
    )
    for text in ("12.345", "1e3", "-5"):
        assert f'value="{text}"' in page
    assert "Mentoring, Staffing: actual: Enter pounds and pence with no more than 2 digits" in page
    assert f'href="#id_actual-{first.pk}"' in page
    assert f'id="id_actual-{first.pk}-error"' in page
    assert "<title>Error: Spend and forecast" in page
    assert not SpendLine.objects.exists()


def test_a_half_filled_grid_is_saved_and_says_what_is_left(
    found: QuarterlyReturn, lead: User, as_user: SignIn
) -> None:
    first, second = lines_of(found)
    gaps = {f"actual-{first.pk}": " ", f"forecast3-{first.pk}": "", f"committed-{second.pk}": ""}
    address = reverse("return_spend", args=[found.pk])
    page = as_user(lead).post(address, spend(found, stay="yes", **gaps), follow=True).content.decode()
    assert "Spend and forecast saved. 2 amounts to enter." in page
    saved = {line.budget_line_id: (line.actual, line.committed) for line in SpendLine.objects.all()}
    assert saved == {first.pk: (None, 0), second.pk: (Decimal("1234.50"), 0)}
    assert not ForecastLine.objects.filter(budget_line=first, quarter_number=3).exists()
    assert Fields(page).values[f"forecast3-{first.pk}"] == "", "a gap that was saved stays a gap"
    assert "2 amounts to enter" in as_user(lead).get(reverse("return", args=[found.pk])).content.decode()


def test_a_negative_actual_points_to_corrections(found: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    first, second = lines_of(found)
    wrong = {f"actual-{first.pk}": "-250.00", f"actual-{second.pk}": "(1,250.00)"}
    page = (
        as_user(lead).post(reverse("return_spend", args=[found.pk]), spend(found, **wrong)).content.decode()
    )
    assert page.count("To take back spend of an earlier quarter, use a correction") == 4
    assert not SpendLine.objects.exists()


@pytest.mark.parametrize("text", ["£1,250.00", " 1,250 ", "1250.0", "£ 1,250.00\t"])
def test_an_amount_pasted_from_a_spreadsheet(
    text: str, found: QuarterlyReturn, lead: User, as_user: SignIn
) -> None:
    line = lines_of(found)[0]
    as_user(lead).post(reverse("return_spend", args=[found.pk]), spend(found, **{f"actual-{line.pk}": text}))
    assert SpendLine.objects.get(budget_line=line).actual == Decimal("1250.00")


# --- saving by itself ------------------------------------------------------------------------


def test_an_autosave_keeps_what_can_be_read_and_says_why_of_the_rest(
    found: QuarterlyReturn, lead: User, as_user: SignIn
) -> None:
    first, second = lines_of(found)
    data = spend(found, autosave="yes", **{f"actual-{first.pk}": "about 5", f"actual-{second.pk}": ""})
    answer = as_user(lead).post(reverse("return_spend", args=[found.pk]), data)
    assert answer.status_code == 200
    said = answer.json()
    assert said["revision"] == 1
    assert said["refused"] == {f"actual-{first.pk}": "Enter an amount in figures only, like 1,250.00"}
    assert said["sentence"].startswith(f"Saved at {said['saved_at']}.")
    assert "1 not saved, because it cannot be read." in said["sentence"]
    assert "2 amounts to enter." in said["sentence"]
    assert ForecastLine.objects.count() == 4
    assert set(SpendLine.objects.values_list("actual", flat=True)) == {None}


def test_an_autosave_leaves_a_saved_amount_where_it_cannot_read_the_new_one(
    found: QuarterlyReturn, lead: User, as_user: SignIn
) -> None:
    line = lines_of(found)[0]
    address = reverse("return_spend", args=[found.pk])
    as_user(lead).post(address, spend(found))
    as_user(lead).post(
        address,
        spend(
            found, autosave="yes", revision="1", **{f"actual-{line.pk}": "12x", f"forecast4-{line.pk}": "9"}
        ),
    )
    assert SpendLine.objects.get(budget_line=line).actual == Decimal("1234.50")
    assert ForecastLine.objects.get(budget_line=line, quarter_number=4).amount == 9


def test_an_autosave_never_replaces_what_somebody_else_saved(
    found: QuarterlyReturn, lead: User, as_user: SignIn
) -> None:
    line = lines_of(found)[0]
    address = reverse("return_spend", args=[found.pk])
    as_user(lead).post(address, spend(found))
    mine = spend(found, autosave="yes", **{f"actual-{line.pk}": "777"})
    answer = as_user(lead).post(address, mine)
    assert answer.status_code == 409
    assert "Somebody else saved this return while you were typing." in answer.json()["sentence"]
    lost = as_user(lead).post(address, mine | {"revision": ""})
    assert (lost.status_code, "lost its place" in lost.json()["sentence"]) == (409, True)
    assert SpendLine.objects.get(budget_line=line).actual == Decimal("1234.50")


def test_an_autosave_of_a_locked_return_says_which_lock(
    found: QuarterlyReturn, world: World, lead: User, as_user: SignIn
) -> None:
    sent = world.send(found, by=lead)
    answer = as_user(lead).post(reverse("return_spend", args=[found.pk]), spend(sent, autosave="yes"))
    assert answer.status_code == 409
    assert "Take it back before you change it." in answer.json()["sentence"]


def test_words_save_by_themselves(found: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    data = {
        "revision": "0",
        "autosave": "yes",
        "progress": "",
        "problems": "Staff left.",
        "next_steps": "x" * 3001,
    }
    answer = as_user(lead).post(reverse("return_narrative", args=[found.pk]), data).json()
    found.refresh_from_db()
    assert (found.progress, found.problems, found.next_steps) == ("", "Staff left.", "")
    assert list(answer["refused"]) == ["next_steps"]
    assert answer["waiting"] == ["progress"]


def test_a_nil_return_never_saves_by_itself(found: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    data = {"revision": "0", "autosave": "yes", "explanation": "The post was vacant."}
    assert "Tick the box" in as_user(lead).post(reverse("return_nil", args=[found.pk]), data).content.decode()
    assert not SpendLine.objects.exists()


# --- same as forecast ------------------------------------------------------------------------


def test_same_as_plan_then_same_as_forecast(
    world: World, lead: User, certifier: User, as_user: SignIn
) -> None:
    world.open(Q1)
    first = world.return_of(world.north, Q1)
    page = as_user(lead).get(reverse("return_spend", args=[first.pk])).content.decode()
    assert page.count("Same as plan") == 2
    assert "Same as forecast" not in page
    world.certify(first, by=lead, certifier=certifier, forecast="1100.00")
    world.open(Q2)
    second = world.return_of(world.north, Q2)
    line, other = lines_of(second)
    address = reverse("return_spend", args=[second.pk])
    typed = spend(
        second, **{f"actual-{line.pk}": "", f"actual-{other.pk}": "about 5", f"forecast3-{line.pk}": "77"}
    )

    page = as_user(lead).post(address, typed | {"fill": str(line.pk)}).content.decode()

    assert page.count("Same as forecast<") == 2
    values = Fields(page).values
    assert (values[f"actual-{line.pk}"], values[f"actual-{other.pk}"]) == ("1100.00", "about 5")
    assert (values[f"forecast3-{line.pk}"], values["revision"]) == ("77", "0")
    assert "1 amount filled in, and not saved yet." in page
    assert not SpendLine.objects.filter(quarterly_return=second).exists()


def test_all_as_forecast_fills_only_what_is_empty(
    found: QuarterlyReturn, lead: User, as_user: SignIn
) -> None:
    first, second = lines_of(found)
    typed = spend(found, fill="all", **{f"actual-{first.pk}": "", f"actual-{second.pk}": "0"})
    values = Fields(
        as_user(lead).post(reverse("return_spend", args=[found.pk]), typed).content.decode()
    ).values
    assert (values[f"actual-{first.pk}"], values[f"actual-{second.pk}"]) == ("10000.00", "0")


def test_lines_of_others_are_ignored(
    found: QuarterlyReturn, world: World, lead: User, as_user: SignIn
) -> None:
    theirs = lines_of(world.return_of(world.south))[0]
    data = spend(found, **{f"actual-{theirs.pk}": "666", f"committed-{theirs.pk}": "666"})
    as_user(lead).post(reverse("return_spend", args=[found.pk]), data)
    assert SpendLine.objects.filter(quarterly_return=found).count() == 2
    assert not SpendLine.objects.filter(budget_line=theirs).exists()


def test_a_second_editor_sees_both_texts_and_chooses(
    found: QuarterlyReturn, world: World, lead: User, as_user: SignIn
) -> None:
    line = lines_of(found)[0]
    address = reverse("return_spend", args=[found.pk])
    mine = spend(found, **{f"actual-{line.pk}": "777.00"})
    as_user(lead).post(address, spend(found))
    page = as_user(lead).post(address, mine).content.decode()
    assert "Somebody else saved this return while you were typing." in page
    assert 'value="777.00"' in page
    assert page.count("Saved: £1,234.50") == 1
    assert 'name="revision" value="1"' in page
    assert SpendLine.objects.get(budget_line=line).actual == Decimal("1234.50")

    as_user(lead).post(address, mine | {"revision": "1"})
    assert SpendLine.objects.get(budget_line=line).actual == Decimal("777.00")


def test_a_wrong_amount_does_not_hide_a_clash(found: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    line = lines_of(found)[0]
    address = reverse("return_spend", args=[found.pk])
    mine = spend(found, **{f"actual-{line.pk}": "wrong"})
    as_user(lead).post(address, spend(found))
    page = as_user(lead).post(address, mine).content.decode()
    assert 'name="revision" value="0"' in page, "the next save must still meet the clash"


@pytest.mark.parametrize("revision", ["", "x", "-1"])
def test_a_lost_revision_is_compared_first(
    revision: str, found: QuarterlyReturn, lead: User, as_user: SignIn
) -> None:
    page = (
        as_user(lead)
        .post(reverse("return_spend", args=[found.pk]), spend(found, revision=revision))
        .content.decode()
    )
    assert "This page lost its place in the return." in page
    assert 'name="revision" value="0"' in page
    assert not SpendLine.objects.exists()


def test_forecasts_start_from_the_plan_then_from_the_last_return(
    world: World, lead: User, certifier: User, as_user: SignIn
) -> None:
    world.open(Q1)
    first = world.return_of(world.north, Q1)
    page = as_user(lead).get(reverse("return_spend", args=[first.pk])).content.decode()
    assert page.count('value="10000.00"') == 3
    world.certify(first, by=lead, certifier=certifier, actual="900.00", forecast="1100.00")
    world.open(Q2)
    second = world.return_of(world.north, Q2)
    page = as_user(lead).get(reverse("return_spend", args=[second.pk])).content.decode()
    assert page.count('value="1100.00"') == 4
    assert "You forecast £1,100.00" in page
    assert "Spent before £900.00" in page
    assert 'value="10000.00"' not in page


def test_without_a_plan_there_is_nothing_to_fill_in(world: World, as_user: SignIn) -> None:
    world.open()
    hub_lead = people.add_person(email="hub@test.example", name="Hub lead")
    people.give_role(user=hub_lead, organisation=world.hub, role=Role.LEAD, starts_on=START)
    hubs = world.return_of(world.hub)
    page = as_user(hub_lead).get(reverse("return_spend", args=[hubs.pk])).content.decode()
    assert "has no budget line, so there is nothing to fill in" in page
    assert 'name="revision"' not in page
    assert parts(hubs)[0].code == "spend"
    assert not parts(hubs)[0].is_done, "a return of nothing is a nil return"


@pytest.mark.parametrize("extra", [0, 12])
def test_the_grid_costs_the_same_queries_for_many_lines(
    *,
    extra: int,
    found: QuarterlyReturn,
    world: World,
    lead: User,
    as_user: SignIn,
    django_assert_num_queries: Callable[..., object],
) -> None:
    for number in range(extra):
        world.plan(world.north, world.award, f"More {number}", ["10.00"] * 4, by=lead)
    client = as_user(lead)
    with django_assert_num_queries(6):
        client.get(reverse("return_spend", args=[found.pk]))


# --- activity ------------------------------------------------------------------------------


def counts(found: QuarterlyReturn, **changed: str) -> dict[str, str]:
    data = {"revision": str(found.revision)}
    for one in Intervention.objects.filter(organisation=found.organisation):
        data |= {
            f"universal_reached-{one.pk}": "1,200",
            f"targeted_reached-{one.pk}": "12",
            f"sessions-{one.pk}": "7",
        }
    return data | changed


def test_activity_is_saved(found: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    response = as_user(lead).post(reverse("return_activity", args=[found.pk]), counts(found))
    assert response["Location"] == reverse("return", args=[found.pk])
    saved = ActivityLine.objects.values_list("universal_reached", "targeted_reached", "sessions")
    assert list(saved) == [(1200, 12, 7)] * 2


@pytest.mark.parametrize("text", ["1.5", "-1", "many", "99999999"])
def test_a_count_that_is_none_keeps_its_text(
    text: str, found: QuarterlyReturn, lead: User, as_user: SignIn
) -> None:
    one = Intervention.objects.filter(organisation=found.organisation).first()
    assert one
    page = (
        as_user(lead)
        .post(reverse("return_activity", args=[found.pk]), counts(found, **{f"sessions-{one.pk}": text}))
        .content.decode()
    )
    assert f'value="{text}"' in page
    assert f"{one.name}: sessions: Enter a" in page
    assert not ActivityLine.objects.exists()


def test_an_empty_row_is_not_saved_yet_and_a_half_filled_one_says_what_it_lacks(
    found: QuarterlyReturn, lead: User, as_user: SignIn
) -> None:
    one, other = Intervention.objects.filter(organisation=found.organisation)
    address = reverse("return_activity", args=[found.pk])
    empty = {f"{name}-{one.pk}": "" for name in ("universal_reached", "targeted_reached", "sessions")}
    page = as_user(lead).post(address, counts(found, stay="yes", **empty), follow=True).content.decode()
    assert "Activity saved. 1 intervention to enter." in page
    assert ActivityLine.objects.get().intervention == other

    half = counts(found, revision="1", **empty | {f"sessions-{one.pk}": "7"})
    page = as_user(lead).post(address, half).content.decode()
    assert page.count(f"{one.name}: young people reached, universal: Enter a number, or 0") == 1
    waits = as_user(lead).post(address, half | {"autosave": "yes"}).json()
    assert waits["refused"] == {}
    assert waits["waiting"] == list(empty)
    assert "What is half filled is saved when it is complete." in waits["sentence"]
    assert ActivityLine.objects.count() == 1


def test_a_row_that_is_emptied_is_taken_out(found: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    one = Intervention.objects.filter(organisation=found.organisation)[0]
    address = reverse("return_activity", args=[found.pk])
    as_user(lead).post(address, counts(found))
    empty = {f"{name}-{one.pk}": "" for name in ("universal_reached", "targeted_reached", "sessions")}
    as_user(lead).post(address, counts(found, revision="1", **empty))
    assert not ActivityLine.objects.filter(intervention=one).exists()
    assert ActivityLine.objects.count() == 1


def test_activity_shows_the_quarter_before(world: World, lead: User, as_user: SignIn) -> None:
    world.open(Q1)
    world.fill(world.return_of(world.north, Q1), by=lead)
    world.open(Q2)
    page = (
        as_user(lead).get(reverse("return_activity", args=[world.return_of(world.north).pk])).content.decode()
    )
    for count in ("300", "12", "20"):
        assert page.count(f"Last quarter {count}<") == 2
    assert "do not add them" in page


# --- patrols -------------------------------------------------------------------------------


def patrolled(found: QuarterlyReturn, world: World, **changed: str) -> dict[str, str]:
    assert world.hotspot
    names = {"hours": "37.25", "visits": "40", "arrests": "2", "searches": "1", "asb_powers": "0"}
    return (
        {"revision": str(found.revision)}
        | {f"{name}-{world.hotspot.pk}": value for name, value in names.items()}
        | changed
    )


def test_patrols_are_saved_and_named(
    police_return: QuarterlyReturn, world: World, police_lead: User, as_user: SignIn
) -> None:
    address = reverse("return_patrols", args=[police_return.pk])
    assert "H01, Secret Street" in as_user(police_lead).get(address).content.decode()
    response = as_user(police_lead).post(address, patrolled(police_return, world))
    assert response["Location"] == reverse("return", args=[police_return.pk])
    line = PatrolLine.objects.get()
    assert (line.hours, line.visits) == (Decimal("37.25"), 40)


def test_hours_that_are_none_keep_their_text(
    police_return: QuarterlyReturn, world: World, police_lead: User, as_user: SignIn
) -> None:
    assert world.hotspot
    data = patrolled(police_return, world, **{f"hours-{world.hotspot.pk}": "12h"})
    page = (
        as_user(police_lead).post(reverse("return_patrols", args=[police_return.pk]), data).content.decode()
    )
    assert 'value="12h"' in page
    assert "Enter hours of 0 or more, like 37.5" in page


def test_patrols_that_are_emptied_are_taken_out(
    police_return: QuarterlyReturn, world: World, police_lead: User, as_user: SignIn
) -> None:
    address = reverse("return_patrols", args=[police_return.pk])
    as_user(police_lead).post(address, patrolled(police_return, world))
    empty = dict.fromkeys(patrolled(police_return, world), "") | {"revision": "1"}
    assert as_user(police_lead).post(address, empty).status_code == 302
    assert not PatrolLine.objects.exists()


def test_a_hotspot_that_had_ended_is_not_asked_for(
    police_return: QuarterlyReturn, world: World, police_lead: User, as_user: SignIn
) -> None:
    patrol_actions.draw_hotspot(
        organisation=world.police,
        authority=world.south,
        reference="H00",
        name="Old Lane",
        starts_on=START,
        ends_on=Q1.ends_on,
        by=police_lead,
        at=NOW,
    )
    page = as_user(police_lead).get(reverse("return_patrols", args=[police_return.pk])).content.decode()
    assert "H01" in page
    assert "H00" not in page


@pytest.mark.parametrize("extra", [0, 15])
def test_patrols_cost_the_same_queries_for_many_hotspots(
    *,
    extra: int,
    police_return: QuarterlyReturn,
    world: World,
    police_lead: User,
    as_user: SignIn,
    django_assert_num_queries: Callable[..., object],
) -> None:
    for number in range(extra):
        patrol_actions.draw_hotspot(
            organisation=world.police,
            authority=world.north,
            reference=f"X{number}",
            name="Some Road",
            starts_on=START,
            by=police_lead,
            at=NOW,
        )
    client = as_user(police_lead)
    with django_assert_num_queries(5):
        client.get(reverse("return_patrols", args=[police_return.pk]))


# --- words and nil -------------------------------------------------------------------------


def test_words_are_saved(found: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    data = {"revision": "0", "progress": "First.\r\nSecond.", "problems": "", "next_steps": "More."}
    response = as_user(lead).post(reverse("return_narrative", args=[found.pk]), data)
    assert response["Location"] == reverse("return", args=[found.pk])
    found.refresh_from_db()
    assert (found.progress, found.next_steps) == ("First.\nSecond.", "More.")


def test_progress_is_required_and_the_rest_is_kept(
    found: QuarterlyReturn, lead: User, as_user: SignIn
) -> None:
    data = {"revision": "0", "progress": " ", "problems": "Staff left.", "next_steps": ""}
    page = as_user(lead).post(reverse("return_narrative", args=[found.pk]), data).content.decode()
    assert "Describe the progress of this quarter." in page
    assert "Staff left." in page
    assert "Do not enter names, dates of birth" in page


def test_words_that_are_too_long_say_by_how_much(found: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    data = {"revision": "0", "progress": "x" * 3001}
    page = as_user(lead).post(reverse("return_narrative", args=[found.pk]), data).content.decode()
    assert "Shorten this to 3000 characters or fewer. It has 3001." in page
    assert "x" * 3001 in page


def test_words_saved_meanwhile_stand_beside_ours(found: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    address = reverse("return_narrative", args=[found.pk])
    as_user(lead).post(address, {"revision": "0", "progress": "Theirs."})
    page = as_user(lead).post(address, {"revision": "0", "progress": "Mine."}).content.decode()
    assert "Saved meanwhile: Theirs." in page
    assert "Mine.</textarea>" in page
    as_user(lead).post(address, {"revision": "1", "progress": "Mine."})
    found.refresh_from_db()
    assert found.progress == "Mine."


def test_a_nil_return_needs_a_reason_and_a_tick(found: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    page = as_user(lead).post(reverse("return_nil", args=[found.pk]), {"revision": "0"}).content.decode()
    assert "Explain why nothing was spent or delivered." in page
    assert "Tick the box to confirm" in page
    assert not QuarterlyReturn.objects.filter(is_nil=True).exists()


def test_a_nil_return_completes_every_part(found: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    data = {"revision": "0", "explanation": "The post was vacant.", "attested": "on"}
    response = as_user(lead).post(reverse("return_nil", args=[found.pk]), data)
    assert response["Location"] == reverse("return_check", args=[found.pk])
    found.refresh_from_db()
    assert found.is_nil
    assert all(part.is_done for part in parts(found))
    assert set(SpendLine.objects.values_list("actual", flat=True)) == {Decimal("0.00")}
    sent = returns.send(quarterly_return=found, by=lead, at=NOW)
    assert sent.status == ReturnStatus.WITH_CERTIFIER


def test_a_nil_return_warns_before_it_replaces_figures(
    found: QuarterlyReturn, world: World, lead: User, as_user: SignIn
) -> None:
    world.fill(found, by=lead)
    page = as_user(lead).get(reverse("return_nil", args=[found.pk])).content.decode()
    assert "A nil return replaces them" in page
