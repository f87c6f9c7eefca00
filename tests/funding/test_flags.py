"""Flags: which there are, their order, their answers, and who may give them."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.urls import reverse

from authorities import actions as people
from authorities.models import User
from authorities.roles import Role
from funding import flags
from funding.actions import flags as answering
from funding.actions import nil, returns
from funding.actions.errors import UnableTo, UnableToDo
from funding.actions.flags import UnableToAnswer
from funding.flag_rules import Quarterly, unlike_own_quarters
from funding.flags import Flag, Flags
from funding.models import FlagAnswer, QuarterlyReturn, ReturnRules
from funding.prompt_rules import Limits, Prompt
from tests.conftest import sign_in
from tests.faults.neighbours import build_neighbours
from tests.funding.claims.year import begin_year
from tests.remembered import remembered
from tests.world import NOW, Q1, Q2, START, World, build_world

PAGE_QUERIES = 8
STEADY = ("10000.00", "11000.00", "9000.00", "10000.00")


@pytest.mark.parametrize(
    ("spent", "history", "limits", "is_flagged"),
    [
        ("40000.00", STEADY, Limits(), True),
        ("0.00", STEADY, Limits(), True),
        ("11000.00", STEADY, Limits(), False),  # as it was once before
        ("12400.00", STEADY, Limits(), False),  # less than a quarter away
        ("40000.00", STEADY[:3], Limits(), False),  # too short a past
        ("40000.00", (*STEADY, "50000.00"), Limits(), False),
        ("40000.00", STEADY, Limits(quarters=5), False),
        ("40000.00", STEADY, Limits(pounds=Decimal("30000.00")), False),
        ("12400.00", STEADY, Limits(percent_of_usual=Decimal(20), times_usual_distance=Decimal(1)), True),
    ],
)
def test_a_quarter_unlike_its_own_past(
    spent: str, history: tuple[str, ...], limits: Limits, is_flagged: bool
) -> None:
    found = Quarterly(Decimal(spent), [Decimal(one) for one in history], limits)
    assert bool(list(unlike_own_quarters(found))) is is_flagged


def test_it_says_why_with_the_figures() -> None:
    (prompt,) = unlike_own_quarters(Quarterly(Decimal("0.00"), [Decimal(one) for one in STEADY]))
    assert prompt.why == (
        "£0.00 was spent, far less than usual: in the 4 earlier accepted quarters it was between £9,000.00 "
        "and £11,000.00, with £10,000.00 in the middle."
    )
    assert prompt.stake == Decimal("10000.00")


def test_small_numbers_of_people_stay_inside() -> None:
    prompt = Prompt(
        "nobody_supported", "Mentoring", "last quarter 3 had", "", "activity", open_why="some had"
    )
    flag = Flag(QuarterlyReturn(), prompt)
    assert (flag.why, flag.stake) == ("some had", None)


def north(world: World) -> QuarterlyReturn:
    return world.return_of(world.north, Q1)


def steady_year(world: World, name: str) -> None:
    """Four accepted quarters, £5,000.00 in each line, as it was forecast."""
    past = begin_year(world)
    by, certifier = past.people(name)
    for number in range(1, 5):
        world.accept(
            past.found(name, number), by=by, certifier=certifier, actual="5000.00", forecast="5000.00"
        )


@pytest.fixture
def flagged(db: None) -> World:
    return build_flagged()


@remembered
def build_flagged() -> World:
    """North spent £10,000.00 in each of four accepted quarters, and now £40,000.00. Rolled up nowhere."""
    world = build_world()
    steady_year(world, "north")
    world.open(Q1)
    world.certify(north(world), by=world.lead, certifier=world.certifier, actual="20000.00")
    return world


def of(world: World) -> Flags:
    return flags.of(world.partnership)


def answer(world: World, flag: Flag, *, by: User | None = None, **changes: object) -> FlagAnswer:
    arguments = {"is_concern": False, "words": "A one-off grant.", "by": by or world.officer, "at": NOW}
    return answering.answer(
        quarterly_return=flag.quarterly_return,
        key=flag.key,
        **{**arguments, **changes},  # type: ignore[arg-type]
    )


def test_what_waits_comes_with_the_most_money_first(flagged: World) -> None:
    found = of(flagged)
    assert [(one.prompt.code, one.stake) for one in found.waiting] == [
        ("unlike_own_quarters", Decimal("30000.00")),
        ("unlike_history", Decimal("15000.00")),
    ]
    # The preparer was asked about the line, and said this.
    assert [one.prompt.words for one in found.waiting] == ["", "It is right so."]
    assert found.more == 0


def test_a_draft_is_nobodys_business_and_a_short_past_says_so(world: World) -> None:
    world.open(Q1)
    world.fill(world.return_of(world.north, Q1), by=world.lead, actual="0.00")
    assert of(world).flags == ()
    world.certify(world.return_of(world.south, Q1), by=world.stranger, certifier=world.south_certifier)
    found = of(world)
    assert list(found.flags) == []
    assert found.unjudged == {"South Council": 0}
    text = page(world.board_member)
    assert "No return that counts waits for an answer." in text
    assert "at least 4 earlier quarters are accepted. Not yet so: South Council (0)." in text


def test_a_partnership_sets_its_own_thresholds(flagged: World) -> None:
    rules = ReturnRules.objects.filter(partnership=flagged.partnership)
    rules.update(outlier_pounds=Decimal("20000.00"))
    assert [one.prompt.code for one in of(flagged).waiting] == ["unlike_own_quarters"]
    rules.update(outlier_pounds=Decimal("30000.00"))
    assert of(flagged).waiting == []
    with pytest.raises(DatabaseError, match="rules_enough_quarters"), transaction.atomic():
        rules.update(outlier_quarters=3)


def test_a_dismissed_flag_comes_back_when_its_figures_change_and_not_before(flagged: World) -> None:
    first, second = of(flagged).waiting
    kept = answer(flagged, first)
    answer(flagged, second, is_concern=True, words="")

    returns.accept(quarterly_return=north(flagged), by=flagged.officer, at=NOW)
    assert of(flagged).waiting == []
    with pytest.raises(UnableToAnswer, match="answered already"):
        answer(flagged, first, by=flagged.approver)
    returns.reopen(quarterly_return=north(flagged), reason="Look again.", by=flagged.officer, at=NOW)
    assert of(flagged).waiting == []
    flagged.certify(north(flagged), by=flagged.lead, certifier=flagged.certifier, actual="19000.00")

    found = of(flagged)
    assert [one.stake for one in found.waiting] == [Decimal("28000.00"), Decimal("14000.00")]
    assert (kept.title, kept.stake, kept.fingerprint) == (
        "Spend of the quarter", Decimal("30000.00"), first.prompt.fingerprint,
    )  # fmt: skip
    assert [stands for _, stands in found.answered] == [False, False]
    text = page(flagged.board_member)
    assert "Answered (2)" in text
    assert text.count("The figures have changed since.") == 2
    with pytest.raises(UnableToAnswer, match="figures have changed"):
        answer(flagged, first)


def test_what_is_no_answer_is_refused(flagged: World) -> None:
    first, _ = of(flagged).waiting
    with pytest.raises(UnableToAnswer, match="Say why"):
        answer(flagged, first, words="  ")
    for who in ("auditor", "board_member", "lead", "certifier", "administrator"):
        with pytest.raises(UnableToDo, match="Your role"):
            answer(flagged, first, by=getattr(flagged, who))
    far = build_neighbours(flagged)
    with pytest.raises(UnableToDo):
        answer(flagged, first, by=far.officer)
    # Who certified it is an officer too since yesterday.
    people.give_role(user=flagged.certifier, organisation=flagged.hub, role=Role.OFFICER, starts_on=START)
    with pytest.raises(UnableTo, match="You prepared or certified this return"):
        answer(flagged, first, by=flagged.certifier)
    assert not FlagAnswer.objects.exists()


def test_the_database_keeps_every_answer_as_it_was_given(flagged: World) -> None:
    first, second = of(flagged).waiting
    kept = answer(flagged, first)
    for sql in (
        "UPDATE funding_flaganswer SET words = 'Other words'",
        "DELETE FROM funding_flaganswer",
        "TRUNCATE funding_flaganswer",
        "INSERT INTO funding_flaganswer (quarterly_return_id, code, subject, fingerprint, title, why, "
        "is_concern, words, by_id, at) SELECT quarterly_return_id, code, 'x', fingerprint, title, why, "
        f"false, ' ', by_id, at FROM funding_flaganswer WHERE id = {kept.pk}",
        "INSERT INTO funding_flaganswer (quarterly_return_id, code, subject, fingerprint, title, why, "
        "is_concern, words, by_id, at) SELECT quarterly_return_id, code, 'x', fingerprint, title, why, "
        f"true, 'x', {flagged.certifier.pk}, at FROM funding_flaganswer WHERE id = {kept.pk}",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert FlagAnswer.objects.get().words == "A one-off grant."
    assert [one.key for one in of(flagged).waiting] == [second.key]


def test_ten_are_shown_and_the_rest_is_counted(world: World) -> None:
    for number in range(12):
        amounts = [f"{number + 1}00.00"] * 4
        world.plan(world.south, world.award, f"Small {number}", amounts, by=world.stranger)
    world.open(Q1)
    south = world.return_of(world.south, Q1)
    world.certify(south, by=world.stranger, certifier=world.south_certifier, actual="0.00", forecast="1.00")
    found = of(world)
    assert len(found.waiting) == 13
    assert [one.stake for one in found.shown][:2] == [Decimal("20000.00"), Decimal("1200.00")]
    assert (len(found.shown), found.more) == (10, 3)
    text = page(world.officer)
    assert "3 more, smaller ones are not shown." in text
    assert "Small 3" in text
    assert "Small 2:" not in text
    rows = table(world.officer)
    assert len(rows) == 1 + 13
    assert sum(Decimal(row[4]) for row in rows[1:]) == sum(one.stake or 0 for one in found.waiting)


def test_a_nil_return_explains_itself(world: World) -> None:
    steady_year(world, "south")
    world.open(Q1)
    found = world.return_of(world.south, Q1)
    nil.declare_nil(
        quarterly_return=found,
        revision=found.revision,
        explanation="No invoice came.",
        by=world.stranger,
        at=NOW,
    )
    sent = returns.send(quarterly_return=world.return_of(world.south, Q1), by=world.stranger, at=NOW)
    returns.certify(quarterly_return=sent, by=world.south_certifier, at=NOW)
    (flag,) = of(world).waiting
    assert (flag.prompt.code, flag.prompt.words) == ("unlike_own_quarters", "No invoice came.")


def raw(user: User) -> HttpResponse:
    return sign_in(user).get(reverse("flags"))


def page(user: User) -> str:
    response = raw(user)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def table(user: User) -> list[list[str]]:
    content = sign_in(user).get(reverse("flags_csv")).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


def test_who_reads_and_who_answers(flagged: World, django_assert_max_num_queries: object) -> None:
    (first, _), words = of(flagged).waiting, "It is right so."
    posted = {"flag": first.key, "choice": "dismiss", "words": "A one-off grant."}
    for who, shown, answers in (
        ("board_member", False, 403), ("auditor", True, 403), ("lead", None, 404), ("administrator", None, 404),
    ):  # fmt: skip
        client = sign_in(getattr(flagged, who))
        assert client.post(reverse("flags"), posted).status_code == answers
        if shown is None:
            assert client.get(reverse("flags")).status_code == 404
            continue
        text = page(getattr(flagged, who))
        assert (words in text, 'href="/returns/' in text, 'href="/board/returns/' in text) == (
            shown,
            shown,
            not shown,
        )
        assert any(words in cell for row in table(getattr(flagged, who)) for cell in row) is shown
        assert "It is a real concern" not in text
    assert not FlagAnswer.objects.exists()
    client = sign_in(flagged.officer)
    with django_assert_max_num_queries(PAGE_QUERIES):  # type: ignore[operator]
        text = client.get(reverse("flags")).content.decode()
    assert text.count("It is a real concern") == 2


def test_the_two_buttons(flagged: World) -> None:
    first, second = of(flagged).waiting
    client, address = sign_in(flagged.approver), reverse("flags")
    blank = client.post(address, {"flag": first.key, "choice": "dismiss", "words": " "})
    assert "Say why you dismiss this flag." in blank.content.decode()
    long = client.post(
        address, {"flag": first.key, "choice": "confirm", "words": "w" * 1001}
    ).content.decode()
    assert "w" * 1001 in long, "what was typed is still there"
    assert client.post(address, {"flag": first.key, "words": "Why?"}).status_code == 200
    assert not FlagAnswer.objects.exists()

    answered = client.post(
        address, {"flag": first.key, "choice": "dismiss", "words": "<b>A grant</b>"}, follow=True
    )
    assert "You have dismissed it: North Council, Spend of the quarter." in answered.content.decode()
    assert "&lt;b&gt;A grant" in answered.content.decode()
    again = client.post(address, {"flag": first.key, "choice": "confirm", "words": ""}, follow=True)
    assert "That flag was answered, or its figures have changed." in again.content.decode()
    client.post(address, {"flag": second.key, "choice": "confirm", "words": ""})
    assert list(FlagAnswer.objects.order_by("pk").values_list("is_concern", "by")) == [
        (False, flagged.approver.pk), (True, flagged.approver.pk),
    ]  # fmt: skip
    assert [row[6] for row in table(flagged.auditor)[1:]] == ["A real concern", "Dismissed"]
    far = build_neighbours(flagged)
    theirs = sign_in(far.officer).post(address, {"flag": first.key, "choice": "confirm"}, follow=True)
    assert "North Council" not in theirs.content.decode().split("<main")[1].replace("Far North Council", "")


def test_quarters_older_than_a_year_are_left_alone(flagged: World) -> None:
    assert of(flagged).rounds[0].quarter == Q1
    assert len(of(flagged).rounds) == 4
    flagged.open(Q2)
    assert len(of(flagged).waiting) == 2
