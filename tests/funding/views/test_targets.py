"""Targets on the plan page, beside what was done on the pages of the return."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from funding.actions.plans import UnableToPlan
from funding.actions.targets import NONE, Target, set_targets, targets_of
from funding.models import ActivityTarget, Intervention
from funding.return_delivery import against
from funding.suppression import Hidden
from tests.conftest import sign_in
from tests.world import NOW, Q1, Q2, World


@pytest.fixture
def mentoring(world: World) -> Intervention:
    return Intervention.objects.get(name="Mentoring")


def put(world: World, intervention: Intervention, targets: dict[int, Target], **more: object) -> None:
    seen = targets_of(Intervention.objects.get(pk=intervention.pk))
    options = {"by": world.lead, "at": NOW, "seen": seen, **more}
    set_targets(intervention=intervention, targets=targets, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("done", "target", "sentence"),
    [
        (12, 20, "8 fewer than the target of 20"),
        (25, 20, "5 more than the target of 20"),
        (1200, 1200, "As many as the target of 1,200"),
        (None, 20, "Target 20"),
        (Hidden(5), 20, "Fewer than 5; the target is 20"),
    ],
)
def test_a_count_beside_its_target_is_a_plain_sentence(done: object, target: int, sentence: str) -> None:
    assert against(done, target) == sentence  # type: ignore[arg-type]


def test_targets_are_set_on_their_page_and_told_on_the_plan(world: World, mentoring: Intervention) -> None:
    client, address = sign_in(world.lead), reverse("targets", args=[mentoring.pk])
    body = {"seen-1": "0/0/0", "seen-2": "0/0/0", "seen-3": "0/0/0", "seen-4": "0/0/0"}
    answer = client.post(address, {**body, "targeted_reached-2": "20", "universal_reached-3": "1,500"})
    assert answer["Location"] == f"{reverse('plan')}?year=2026"
    assert targets_of(mentoring) == {1: NONE, 2: Target(0, 20, 0), 3: Target(1500, 0, 0), 4: NONE}
    plan = client.get(answer["Location"]).content.decode()
    assert (
        "Targets for the year: 1,500 reached by universal work, 20 with targeted support, 0 sessions." in plan
    )


def test_a_target_that_is_taken_out_leaves_nothing(world: World, mentoring: Intervention) -> None:
    put(world, mentoring, {2: Target(0, 20, 0)})
    put(world, mentoring, {2: NONE})
    assert not ActivityTarget.objects.exists()


def test_a_wrong_number_is_told_and_kept(world: World, mentoring: Intervention) -> None:
    address = reverse("targets", args=[mentoring.pk])
    page = sign_in(world.lead).post(address, {"targeted_reached-2": "about 20"}).content.decode()
    assert "Quarter 2: young people supported, targeted: Enter a whole number" in page
    assert 'value="about 20"' in page
    assert not ActivityTarget.objects.exists()


def test_what_somebody_else_set_meanwhile_is_not_overwritten(world: World, mentoring: Intervention) -> None:
    put(world, mentoring, {3: Target(1, 2, 3)})
    with pytest.raises(UnableToPlan, match="Somebody else changed these targets"):
        put(world, mentoring, {3: Target(9, 9, 9)}, seen=dict.fromkeys(range(1, 5), NONE))
    assert targets_of(Intervention.objects.get(pk=mentoring.pk))[3] == Target(1, 2, 3)


def test_the_target_of_a_quarter_whose_return_is_on_its_way_stands(
    world: World, mentoring: Intervention
) -> None:
    put(world, mentoring, {2: Target(0, 20, 0)})
    world.open()
    world.send(world.return_of(world.north), by=world.lead)
    with pytest.raises(UnableToPlan, match="is with its certifier, so its targets cannot change"):
        put(world, mentoring, {2: Target(0, 5, 0)})
    put(world, mentoring, {3: Target(0, 5, 0)})
    page = sign_in(world.lead).get(reverse("targets", args=[mentoring.pk])).content.decode()
    assert "Its return is with its certifier" in page
    assert 'name="targeted_reached-2"' not in page


def test_the_police_have_none(world: World) -> None:
    patrols = Intervention.objects.get(name="Hotspot patrols")
    assert sign_in(world.police_lead).get(reverse("targets", args=[patrols.pk])).status_code == 404
    with pytest.raises(UnableToPlan, match="The police return patrols"):
        put(world, patrols, {2: Target(1, 1, 1)}, by=world.police_lead)


def test_the_activity_page_shows_target_and_last_quarter_and_fills_from_it(
    world: World, mentoring: Intervention
) -> None:
    put(world, mentoring, {2: Target(0, 20, 0)})
    world.open(Q1)
    world.fill(world.return_of(world.north, Q1), by=world.lead)
    world.open(Q2)
    found, client = world.return_of(world.north, Q2), sign_in(world.lead)
    address = reverse("return_activity", args=[found.pk])
    page = client.get(address).content.decode()
    assert "Target 20" in page
    assert "Last quarter 300" in page

    name = f"targeted_reached-{mentoring.pk}"
    filled = client.post(address, {"revision": found.revision, name: "7", "prefill": "yes"}).content.decode()

    assert (
        f'name="{name}" type="text" inputmode="decimal" autocomplete="off" spellcheck="false" value="7"'
        in filled
    )
    assert 'value="300"' in filled
    assert "Nothing is saved yet" in filled
    assert not found.activity_lines.exists()


def test_readers_outside_see_no_small_number_of_people(world: World, mentoring: Intervention) -> None:
    put(world, mentoring, {2: Target(0, 20, 0)})
    world.open()
    found = world.send(world.return_of(world.north), by=world.lead)
    lines = found.activity_lines.order_by("intervention__name")
    assert [line.targeted_reached for line in lines] == [12, 12]
    from funding.actions import entries, returns

    back = returns.recall(quarterly_return=found, by=world.lead, at=NOW)
    back = entries.save_activity(
        quarterly_return=back,
        revision=back.revision,
        entries=[entries.ActivityEntry(mentoring, 300, 3, 20)],
        by=world.lead,
        at=NOW,
    )
    address = reverse("return", args=[found.pk])
    outside = [sign_in(person).get(address).content.decode() for person in (world.officer, world.auditor)]
    inside = sign_in(world.certifier).get(address).content.decode()

    for page in outside:
        assert "fewer than 5" in page
        # The other intervention's 12 would tell how many, with the total of the board.
        assert "not shown" in page
        assert "Fewer than 5; the target is 20" in page
        assert "Counts of people from 1 to 4 are shown as fewer than 5" in page
        assert "17 fewer than the target" not in page
    assert "17 fewer than the target of 20" in inside
    assert "fewer than 5" not in inside


def test_the_changes_of_a_return_name_no_number_of_people_outside(world: World) -> None:
    world.open()
    found = world.send(world.return_of(world.north), by=world.lead)
    address = reverse("return_changes", args=[found.pk]) + "?part=activity"
    outside, inside = (
        " ".join(strip_tags(sign_in(person).get(address).content.decode()).split())
        for person in (world.officer, world.lead)
    )
    assert outside.count("Supported, targeted: a number that is not shown") == 2
    assert outside.count("Reached, universal: a number that is not shown") == 2
    assert inside.count("Supported, targeted: 12") == 2
    assert outside.count("Sessions: 20") == inside.count("Sessions: 20") == 2
