"""A notice is written once, stands in the portal whatever happens to its e-mail, and belongs to one person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from funding.actions import notices
from funding.models import CalendarFeed, EmailState, Notice, NoticeKind, NoticePreference
from tests.world import NOW, World

MESSAGE = notices.Message(NoticeKind.STUCK, "test:1", "A  subject\nin two lines", "Do this.", "/")


def test_it_is_written_once_for_a_person_kind_and_key(world: World) -> None:
    def write(message: notices.Message, *to: object) -> int:
        return notices.write(message, to=to, organisation=world.north, at=NOW)  # type: ignore[arg-type]

    assert write(MESSAGE, world.lead, world.certifier, world.lead) == 2
    assert write(MESSAGE, world.lead, world.officer) == 1
    other = notices.Message(NoticeKind.STUCK, "test:2", "Another", "", "/")
    assert write(other, world.lead) == 1
    assert write(other) == 0
    assert Notice.objects.count() == 4
    assert Notice.objects.filter(subject="A subject in two lines").count() == 3


def test_people_of_the_demonstration_get_no_e_mail(world: World) -> None:
    world.lead.is_demo = True
    notices.write(MESSAGE, to=[world.lead, world.certifier], organisation=world.north, at=NOW)
    assert Notice.objects.get(user=world.lead).email_state == EmailState.NONE
    assert Notice.objects.get(user=world.certifier).email_state == EmailState.WAITING


def test_only_its_own_person_opens_it(world: World) -> None:
    notices.write(MESSAGE, to=[world.lead], organisation=world.north, at=NOW)
    notice = Notice.objects.get()
    with pytest.raises(notices.UnableToFindNotice):
        notices.open_notice(pk=notice.pk, by=world.certifier, at=NOW)
    notice.refresh_from_db()
    assert notice.read_at is None

    notices.open_notice(pk=notice.pk, by=world.lead, at=NOW)
    later = notices.open_notice(pk=notice.pk, by=world.lead, at=NOW + timedelta(days=1))
    assert later.read_at == NOW  # the first time is kept


def test_marking_all_leaves_other_people_alone(world: World) -> None:
    notices.write(MESSAGE, to=[world.lead, world.certifier], organisation=world.north, at=NOW)
    assert notices.mark_all_read(by=world.lead, at=NOW) == 1
    assert Notice.objects.filter(read_at__isnull=True).get().user == world.certifier


def test_choices_are_kept_and_can_be_taken_back(world: World) -> None:
    notices.choose(by_email={NoticeKind.QUERIED}, by=world.lead)
    notices.choose(by_email={NoticeKind.QUERIED, NoticeKind.OPENED}, by=world.lead)
    wanted = NoticePreference.objects.filter(user=world.lead, by_email=True)
    assert set(wanted.values_list("kind", flat=True)) == {NoticeKind.QUERIED, NoticeKind.OPENED}
    assert NoticePreference.objects.count() == len(NoticeKind)


def test_a_new_calendar_address_ends_the_old_one(world: World) -> None:
    first = notices.make_calendar_address(by=world.lead, at=NOW).token
    second = notices.make_calendar_address(by=world.lead, at=NOW).token
    assert first != second
    assert CalendarFeed.objects.get().token == second
    assert len(second) == 43
