"""The pages of scenarios: start, move, take back, compare, check and propose."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from funding.models import CostHeading, Decision, Scenario, ScenarioMove
from tests.conftest import sign_in
from tests.funding.what_if_moves import begin, from_north_to_south, move, move_fields, place
from tests.world import World

pytestmark = pytest.mark.django_db


def text_of(answer: HttpResponse) -> str:
    """The words of the page, without tags and line breaks."""
    main = answer.content.decode().split("<main", 1)[1].split("</main", 1)[0]
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", main).split()))


def test_from_the_live_plan_to_a_proposal(world: World) -> None:
    officer = sign_in(world.officer)
    assert "There is no scenario yet. Start one" in text_of(officer.get(reverse("what_ifs")))
    assert "Enter a name" in text_of(officer.post(reverse("what_if_new"), {"copied_year": "2026"}))
    page = officer.post(
        reverse("what_if_new"), {"title": "More for the south", "copied_year": "2026"}, follow=True
    )
    assert "when £1,350,000.00 was allocated" in text_of(page)
    assert "The live plan has not changed since" in text_of(page)
    (made,) = Scenario.objects.all()
    address = reverse("what_if", args=[made.pk])

    missing = text_of(officer.post(address, move_fields(world, "5", from_quarter="", to_holder="")))
    assert "Choose the quarter that the money moves from" in missing
    assert "Choose an organisation" in missing
    too_much = officer.post(address, move_fields(world, "10000.01"))
    assert "Move £10,000.00 or less" in text_of(too_much)
    assert 'value="10000.01"' in too_much.content.decode()
    moved = text_of(officer.post(address, move_fields(world, "£2,500.01"), follow=True))
    assert "£2,500.01 is moved in this scenario" in moved
    assert "The scenario gives South £2,500.01 more and North £2,500.01 less than the live plan" in moved
    # Scenario by quarter, what is not planned, all, and against the live plan.
    assert "South £20,000.00 £20,000.00 £20,000.00 £22,500.01 £220,000.00 £302,500.01 +£2,500.01" in moved
    assert "£1,350,000.00 £0.00" in moved

    promoting = reverse("what_if_promote", args=[made.pk])
    page = officer.get(promoting)
    assert "This decision moves £2,500.01 from North to South in 2026/27" in text_of(page)
    assert "North £450,000.00 −£2,500.01 £447,499.99" in text_of(page)
    (seen,) = re.findall(r'name="seen" value="(\w{64})"', page.content.decode())
    assert "Enter the reference" in text_of(officer.post(promoting, {"seen": seen, "reason": "So."}))
    page = officer.post(promoting, {"seen": seen, "reference": "2026-300", "reason": "So."}, follow=True)
    assert "Decision 2026-300 is proposed" in text_of(page)
    assert Decision.objects.proposed().get().lines.count() == 2
    assert "2026-300 (waiting for approval)" in text_of(officer.get(reverse("what_ifs"))).replace(" )", ")")


def test_a_move_is_taken_back_and_a_stale_scenario_says_so(world: World) -> None:
    made = begin(world)
    moved = from_north_to_south(world, made)
    approver = sign_in(world.approver)
    address = reverse("what_if_take_back", args=[moved.pk])
    assert approver.get(address).status_code == 302
    assert "The move of £2,500.01 is taken back" in text_of(approver.post(address, follow=True))
    assert "was taken back already" in text_of(approver.post(address, follow=True))
    assert ScenarioMove.objects.get().taken_back_by == world.approver

    from_north_to_south(world, made)
    world.decide({(world.award, world.hub): "199999.00"}, "2026-200")
    page = text_of(approver.get(reverse("what_if", args=[made.pk])))
    assert "The live plan has changed by £1.00 since this was started" in page
    promote = sign_in(world.officer).get(reverse("what_if_promote", args=[made.pk]))
    assert "It cannot be proposed. Start a new scenario" in text_of(promote)
    assert "Propose decision" not in text_of(promote)


def test_two_scenarios_beside_each_other(world: World) -> None:
    first, second = begin(world, "First"), begin(world, "Second")
    from_north_to_south(world, second)
    auditor = sign_in(world.auditor)
    page = text_of(auditor.get(reverse("what_if_compare"), {"a": first.pk, "b": second.pk}))
    assert "£2,500.01 stands elsewhere in Second than in First: North −£2,500.01 and South +£2,500.01" in page
    assert "North £0.00 £0.00 −£2,500.01 £0.00 £0.00 −£2,500.01" in page
    assert "South £0.00 £0.00 £0.00 £2,500.01 £0.00 £2,500.01" in page
    same = auditor.get(reverse("what_if_compare"), {"a": first.pk, "b": first.pk})
    assert "Choose another scenario" in text_of(same)
    for wrong in ("", "999999", "none"):
        answer = auditor.get(reverse("what_if_compare"), {"a": wrong, "b": second.pk})
        assert "Choose the first scenario" in text_of(answer)


def test_set_asides_match_and_the_download(world: World) -> None:
    evaluation = CostHeading.objects.create(name="Evaluation", position=9)
    made = begin(world)
    hub = place(world, world.hub)
    move(world, made, "9500.00", hub, place(world, world.hub, evaluation, 4))
    move(world, made, "1.00", place(world, world.north), hub)
    auditor = sign_in(world.auditor)

    with CaptureQueriesContext(connection) as queries:
        page = text_of(auditor.get(reverse("what_if", args=[made.pk])))

    assert (
        "Kept by the OPCC of VRU 2026 £200,000.00 20.0% £200,001.00 20.0% 20% of the award: the scenario"
        in page
    )
    assert "Planned for evaluation £0.00 0.0% £9,500.00 0.7% no share is recorded" in page
    assert "hold £0.00 of match funding so far" in page
    assert "Take back" not in page
    assert len(queries) <= 10
    answer = auditor.get(reverse("what_if_csv", args=[made.pk]))
    assert answer.content.decode().splitlines()[1:3] == [
        "OPCC,200000.00,200001.00,1.00",
        "North,450000.00,449999.00,-1.00",
    ]


def test_who_may_start_read_and_change(world: World) -> None:
    made = begin(world)
    address = reverse("what_if", args=[made.pk])
    for who, reads, starts in (
        ("officer", 200, 200),
        ("approver", 200, 200),
        ("auditor", 200, 403),
        ("lead", 404, 404),
        ("board_member", 404, 404),
        ("administrator", 404, 404),
    ):
        client = sign_in(getattr(world, who))
        assert client.get(reverse("what_ifs")).status_code == reads
        assert client.get(address).status_code == reads
        assert client.get(reverse("what_if_new")).status_code == starts
    assert sign_in(world.auditor).post(address, move_fields(world, "1.00")).status_code == 403
    assert sign_in(world.approver).get(reverse("what_if_promote", args=[made.pk])).status_code == 403
    assert sign_in(world.officer).get(reverse("what_if_promote", args=[made.pk])).status_code == 302
    assert not ScenarioMove.objects.exists()
