"""Ratings and risks, and match funding, through their pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import reverse

from funding.models import MatchLine, QuarterlyReturn, ReturnRisk
from funding.return_parts import parts
from tests.conftest import sign_in
from tests.world import Q1, Q2, World

RISK = {
    "title-0": "A post stays vacant",
    "likelihood_before-0": "4",
    "impact_before-0": "3",
    "mitigation-0": "Agency cover.",
    "likelihood_after-0": "2",
    "impact_after-0": "3",
    "owner-0": "Authority lead",
}
RATED = {
    "spend_rag": "amber_green",
    "spend_rag_reason": "A little behind.",
    "delivery_rag": "green",
    "delivery_rag_reason": "On course.",
}


@pytest.fixture
def found(open_world: World) -> QuarterlyReturn:
    return open_world.return_of(open_world.north)


def post(world: World, found: QuarterlyReturn, part: str, **body: Any) -> HttpResponse:
    found.refresh_from_db()
    body = {"revision": found.revision, **body}
    return sign_in(world.lead).post(reverse(f"return_{part}", args=[found.pk]), body)


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_ratings_and_a_risk_are_saved_and_shown_to_those_who_sign_and_read(
    world: World, found: QuarterlyReturn
) -> None:
    answer = post(world, found, "ratings", **RATED, **RISK)
    assert answer.status_code == 302
    found.refresh_from_db()
    assert (found.spend_rag, found.delivery_rag) == ("amber_green", "green")
    risk = ReturnRisk.objects.get(quarterly_return=found)
    assert (risk.score_before, risk.score_after, risk.owner) == (12, 6, "Authority lead")

    page = text(sign_in(world.officer).get(reverse("return", args=[found.pk])))
    assert "Amber/Green" in page
    assert "A post stays vacant" in page
    assert "<strong>12</strong>" in page


def test_a_part_is_done_when_both_are_rated(world: World, found: QuarterlyReturn) -> None:
    assert not {part.code: part.is_done for part in parts(found)}["ratings"]
    post(world, found, "ratings", **RATED)
    found.refresh_from_db()
    assert {part.code: part.is_done for part in parts(found)}["ratings"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"spend_rag": ""}, "Choose a rating"),
        ({"spend_rag": "purple"}, "Choose a rating of this list"),
        ({"delivery_rag_reason": " "}, "Give a reason for the delivery rating"),
        ({"spend_rag_reason": "word " * 101}, "Shorten this to 100 words or fewer. It has 101."),
        ({"title-0": ""}, "Say what could go wrong"),
        ({"likelihood_before-0": "6"}, "Choose a number from 1 to 5"),
        ({"impact_after-0": ""}, "Choose how bad it would be after you act"),
        ({"owner-0": ""}, "Enter the role that owns this risk"),
        (
            {f"{name.removesuffix('-0')}-1": value for name, value in RISK.items()},
            "Another risk has this title",
        ),
    ],
)
def test_a_wrong_box_is_told_and_everything_typed_is_kept(
    world: World, found: QuarterlyReturn, change: dict[str, str], sentence: str
) -> None:
    answer = post(world, found, "ratings", **{**RATED, **RISK, **change})
    assert answer.status_code == 200
    assert sentence in text(answer)
    assert "Agency cover." in text(answer)
    assert not ReturnRisk.objects.exists()


def test_a_hundred_words_are_taken(world: World, found: QuarterlyReturn) -> None:
    answer = post(world, found, "ratings", **{**RATED, "spend_rag_reason": "word " * 100})
    assert answer.status_code == 302


def test_rows_come_and_go_without_javascript_and_nothing_is_saved(
    world: World, found: QuarterlyReturn
) -> None:
    added = text(post(world, found, "ratings", **RATED, **RISK, add="yes"))
    assert added.count("<legend") >= 4
    assert 'name="title-1"' in added
    assert "A post stays vacant" in added
    assert "There is a problem" not in added

    gone = text(post(world, found, "ratings", **RATED, **RISK, **{"title-7": "Another"}, remove="0"))
    assert 'value="Another"' in gone
    assert "A post stays vacant" not in gone
    found.refresh_from_db()
    assert found.spend_rag == ""
    assert found.revision == 0


def test_a_risk_that_is_taken_out_is_gone(world: World, found: QuarterlyReturn) -> None:
    post(world, found, "ratings", **RATED, **RISK)
    post(world, found, "ratings", **RATED)
    assert not ReturnRisk.objects.exists()


def test_a_row_without_a_word_is_no_risk(world: World, found: QuarterlyReturn) -> None:
    assert post(world, found, "ratings", **RATED, **dict.fromkeys(RISK, "")).status_code == 302
    assert not ReturnRisk.objects.exists()


def test_risks_go_on_from_the_last_return_until_they_are_saved(world: World) -> None:
    world.open(Q1)
    world.open(Q2)
    post(world, world.return_of(world.north, Q1), "ratings", **RATED, **RISK)
    now = world.return_of(world.north, Q2)
    page = text(sign_in(world.lead).get(reverse("return_ratings", args=[now.pk])))
    assert "those of your last return" in page
    assert "A post stays vacant" in page
    assert not now.risks.exists()

    post(world, now, "ratings", **RATED)
    page = text(sign_in(world.lead).get(reverse("return_ratings", args=[now.pk])))
    assert "A post stays vacant" not in page


def test_a_risk_that_is_higher_after_mitigation_is_questioned_and_taken(
    world: World, found: QuarterlyReturn
) -> None:
    assert post(world, found, "ratings", **RATED, **{**RISK, "likelihood_after-0": "5"}).status_code == 302
    page = text(sign_in(world.lead).get(reverse("return_ratings", args=[found.pk])))
    assert "15, is higher than before, 12" in page


def test_a_second_editor_keeps_the_text_and_sees_what_stands(world: World, found: QuarterlyReturn) -> None:
    post(world, found, "ratings", **RATED)
    url = reverse("return_ratings", args=[found.pk])
    late = text(
        sign_in(world.lead).post(url, {**RATED, **RISK, "revision": 0, "spend_rag_reason": "My own words."})
    )
    assert "Somebody else saved this return" in late
    assert "My own words." in late
    assert "Saved meanwhile: A little behind." in late
    assert "A post stays vacant" in late
    assert not ReturnRisk.objects.exists()


MATCH = {"source-0": "Public health", "kind-0": "in_kind", "is_secured-0": "no", "amount-0": "£1,200"}


def test_match_funding_is_added_up_apart_in_cash_and_in_kind(world: World, found: QuarterlyReturn) -> None:
    world.fill(found, by=world.lead, actual="1000.00")
    second = {"source-1": "Public health", "kind-1": "cash", "is_secured-1": "yes", "amount-1": "500"}
    assert post(world, found, "match", **MATCH, **second).status_code == 302
    page = text(sign_in(world.officer).get(reverse("return", args=[found.pk])))
    # Two lines of £1,000.00 were spent from the grant.
    assert "Cash £500.00</strong>, 25.0% of the grant spend of the quarter" in page
    assert "In kind £1,200.00</strong>, 60.0% of the grant spend of the quarter" in page
    assert "£1,200.00 of it is not secured yet" in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"source-0": ""}, "Enter where it comes from"),
        ({"kind-0": "gold"}, "Choose cash or in kind"),
        ({"is_secured-0": ""}, "Choose whether it is secured"),
        ({"amount-0": "lots"}, "Enter"),
        ({"amount-0": "0"}, "Enter an amount above £0"),
        (
            {"source-1": "Public health", "kind-1": "in_kind", "is_secured-1": "no", "amount-1": "1"},
            "This source is there already",
        ),
    ],
)
def test_a_wrong_source_is_told(
    world: World, found: QuarterlyReturn, change: dict[str, str], sentence: str
) -> None:
    answer = post(world, found, "match", **{**MATCH, **change})
    assert answer.status_code == 200
    assert sentence in text(answer)
    assert not MatchLine.objects.exists()


def test_no_match_is_an_empty_page(world: World, found: QuarterlyReturn) -> None:
    post(world, found, "match", **MATCH)
    assert post(world, found, "match").status_code == 302
    assert not MatchLine.objects.exists()
    page = text(sign_in(world.lead).get(reverse("return_check", args=[found.pk])))
    assert "No match funding this quarter." in page


def by_itself(world: World, found: QuarterlyReturn, part: str, **body: Any) -> dict[str, Any]:
    answer = post(world, found, part, **body, autosave="yes")
    assert answer.status_code == 200
    return answer.json()  # type: ignore[attr-defined,no-any-return]


def test_ratings_save_by_themselves_as_far_as_they_are_filled(world: World, found: QuarterlyReturn) -> None:
    said = by_itself(world, found, "ratings", spend_rag="amber", **RISK)
    found.refresh_from_db()
    assert (found.spend_rag, found.delivery_rag, said["revision"]) == ("amber", "", 1)
    assert said["waiting"] == ["spend_rag_reason", "delivery_rag", "delivery_rag_reason"]
    assert "1 rating to enter." in said["sentence"]
    assert found.risks.get().title == "A post stays vacant"

    said = by_itself(world, found, "ratings", **{**RATED, "delivery_rag_reason": "word " * 101}, **RISK)
    found.refresh_from_db()
    assert (found.spend_rag_reason, found.delivery_rag, found.delivery_rag_reason) == (
        "A little behind.",
        "green",
        "",
    )
    assert said["refused"] == {"delivery_rag_reason": "Shorten this to 100 words or fewer. It has 101."}


def test_a_half_filled_risk_waits_whole_and_takes_none_out(world: World, found: QuarterlyReturn) -> None:
    post(world, found, "ratings", **RATED, **RISK)
    half = {**RISK, "title-0": "A post is", "mitigation-0": ""}
    said = by_itself(world, found, "ratings", **RATED, **half)
    assert set(said["waiting"]) == set(RISK)
    assert found.risks.get().title == "A post stays vacant"

    second = {f"{name.removesuffix('-0')}-1": value for name, value in RISK.items()}
    half = {**RISK, "title-0": ""}
    by_itself(world, found, "ratings", **RATED, **half, **{**second, "title-1": "Rooms are lost"})
    assert set(found.risks.values_list("title", flat=True)) == {"A post stays vacant", "Rooms are lost"}

    by_itself(world, found, "ratings", **RATED, **{**second, "title-1": "Rooms are lost"})
    assert found.risks.get().title == "Rooms are lost"


def test_match_funding_saves_by_itself(world: World, found: QuarterlyReturn) -> None:
    by_itself(world, found, "match", **MATCH)
    said = by_itself(world, found, "match", **{**MATCH, "amount-0": "about 5", "source-0": "Health"})
    assert list(said["refused"]) == ["amount-0"]
    assert [(line.source, line.amount) for line in found.match_lines.all()] == [("Public health", 1200)]
    by_itself(world, found, "match")
    assert not found.match_lines.exists()


@pytest.mark.parametrize("part", ["ratings", "match"])
def test_an_autosave_with_a_row_button_is_no_save(world: World, found: QuarterlyReturn, part: str) -> None:
    answer = post(world, found, part, autosave="yes", add="yes")
    assert answer.status_code == 200
    found.refresh_from_db()
    assert found.revision == 0


def test_after_a_clash_the_saved_rows_stand_above_the_typed_ones(
    world: World, found: QuarterlyReturn
) -> None:
    post(world, found, "ratings", **RATED, **RISK)
    mine = {**RATED, **RISK, "title-0": "Mine", "revision": 0}
    late = text(sign_in(world.lead).post(reverse("return_ratings", args=[found.pk]), mine))
    assert "What stands saved now" in late
    assert late.index("A post stays vacant") < late.index('value="Mine"')

    post(world, found, "match", **MATCH)
    mine = {**MATCH, "source-0": "Mine", "revision": 0}
    late = text(sign_in(world.lead).post(reverse("return_match", args=[found.pk]), mine))
    assert "What stands saved now" in late
    assert late.index("Public health") < late.index('value="Mine"')
    refused = sign_in(world.lead).post(reverse("return_match", args=[found.pk]), mine | {"autosave": "yes"})
    assert refused.status_code == 409
    assert found.match_lines.get().source == "Public health"
