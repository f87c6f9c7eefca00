"""The pages of a person's own notices, preferences and calendar."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from authorities import actions as people
from authorities.models import Membership, User
from authorities.roles import Role
from funding.actions import notices, returns
from funding.models import CalendarFeed, EmailState, Notice, NoticeKind, NoticePreference
from tests.world import NOW, Q2, START, World

SignIn = Callable[[User], Client]


def write(world: World, user: User, count: int = 1, **values: str) -> Notice:
    for number in range(count):
        message = notices.Message(
            NoticeKind.QUERIED, f"test:{number}", values.get("subject", f"Notice {number}"),
            values.get("body", "Words."), values.get("path", "/returns/"),
        )  # fmt: skip
        notices.write(message, to=[user], organisation=world.north, at=NOW + timedelta(minutes=number))
    return Notice.objects.filter(user=user).latest("id")


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_newest_first_and_the_unread_ones_are_counted_in_the_header(as_user: SignIn, world: World) -> None:
    write(world, world.lead, 3)
    notices.write(notices.Message(NoticeKind.STUCK, "other", "Not yours", "", "/"), to=[world.officer], organisation=world.north, at=NOW)  # fmt: skip
    html = text(as_user(world.lead), "/notices/")
    assert html.index("Notice 2") < html.index("Notice 1") < html.index("Notice 0")
    assert "Not yours" not in html
    assert re.search(r'portal-header__count">3<', html)
    assert "3 not read yet." in html


def test_looking_marks_nothing_and_opening_does(as_user: SignIn, world: World) -> None:
    notice = write(world, world.lead)
    client = as_user(world.lead)
    text(client, "/notices/")
    notice.refresh_from_db()
    assert notice.read_at is None

    answer = client.post("/notices/", {"notice": notice.pk})
    assert answer["Location"] == "/returns/"
    notice.refresh_from_db()
    assert notice.read_at
    html = text(client, "/notices/")
    assert "portal-header__count" not in html
    assert "You have read all of them." in html


@pytest.mark.parametrize("number", ["0", "-1", "x", "", "9" * 18, "9" * 40, "٣", "1e3"])
def test_an_impossible_number_is_no_notice(as_user: SignIn, world: World, number: str) -> None:
    write(world, world.lead)
    assert as_user(world.lead).post("/notices/", {"notice": number}).status_code == 404


def test_somebody_elses_notice_reads_like_one_that_never_was(as_user: SignIn, world: World) -> None:
    notice = write(world, world.lead)
    client = as_user(world.certifier)
    theirs = client.post("/notices/", {"notice": notice.pk})
    absent = client.post("/notices/", {"notice": 987654321})
    assert theirs.status_code == absent.status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_a_notice_of_another_organisation_of_mine_opens_there(as_user: SignIn, world: World) -> None:
    people.give_role(user=world.stranger, organisation=world.north, role=Role.LEAD, starts_on=START)
    world.open()
    path = f"/returns/{world.return_of(world.north).pk}/"
    Notice.objects.all().delete()
    notice = write(world, world.stranger, path=path)
    client = as_user(world.stranger)
    client.post(reverse("switch_organisation"), {"membership": Membership.objects.get(user=world.stranger, organisation=world.south).pk})  # fmt: skip
    answer = client.post("/notices/", {"notice": notice.pk})
    assert answer["Location"] == path
    assert b"acting_for" not in answer.content
    assert "North Council</span>" in text(client, "/notices/")


def test_all_are_marked_at_once(as_user: SignIn, world: World) -> None:
    write(world, world.lead, 2)
    answer = as_user(world.lead).post("/notices/", follow=True)
    assert "2 notices are marked as read." in answer.content.decode()
    assert not Notice.objects.filter(user=world.lead, read_at__isnull=True).exists()


def test_more_than_a_page(as_user: SignIn, world: World) -> None:
    write(world, world.lead, 45)
    client = as_user(world.lead)
    assert "Notice 44" in text(client, "/notices/")
    assert "Notice 24<" not in text(client, "/notices/")
    assert "Notice 24<" in text(client, "/notices/?page=2")
    assert "Notice 0<" in text(client, "/notices/?page=999")


def test_words_of_people_are_only_words(as_user: SignIn, world: World) -> None:
    write(world, world.lead, subject="<script>alert(1)</script>", body="<img src=x onerror=alert(1)>")
    html = text(as_user(world.lead), "/notices/")
    assert "<script>alert(1)" not in html
    assert "<img src=x" not in html


def test_nobody_has_told_anything_yet(as_user: SignIn, world: World) -> None:
    assert "Nothing yet." in text(as_user(world.auditor), "/notices/")


# --- preferences ------------------------------------------------------------------------------


def test_every_kind_can_be_chosen_and_all_are_wanted_at_first(as_user: SignIn, world: World) -> None:
    html = text(as_user(world.lead), "/notices/preferences/")
    boxes = re.findall(r'<input[^>]*type="checkbox"[^>]*>', html)
    assert len(boxes) == len(NoticeKind)
    assert all("checked" in box for box in boxes)


def test_a_choice_is_kept_and_holds_from_the_next_notice_on(as_user: SignIn, world: World) -> None:
    client = as_user(world.lead)
    answer = client.post("/notices/preferences/", {"deadlines": ["opened", "due_3"], "care": ["stuck"]})
    assert answer.status_code == 302
    wanted = NoticePreference.objects.filter(user=world.lead, by_email=True)
    assert set(wanted.values_list("kind", flat=True)) == {"opened", "due_3", "stuck"}
    html = text(client, "/notices/preferences/")
    assert len(re.findall(r'<input[^>]*type="checkbox"[^>]*checked', html)) == 3
    assert write(world, world.lead).email_state == EmailState.NONE


def test_a_kind_that_does_not_exist_is_refused(as_user: SignIn, world: World) -> None:
    answer = as_user(world.lead).post("/notices/preferences/", {"deadlines": ["everything"]})
    assert answer.status_code == 200
    assert "Error: " in answer.content.decode()
    assert not NoticePreference.objects.exists()


# --- calendar ---------------------------------------------------------------------------------


def feed_of(client: Client) -> str:
    client.post("/calendar/")
    return reverse("calendar_feed", args=[CalendarFeed.objects.latest("made_at").token])


def days(answer: object) -> dict[str, date]:
    calendar = Calendar.from_ical(answer.content)  # type: ignore[attr-defined]
    return {str(event["SUMMARY"]): event["DTSTART"].dt for event in calendar.walk("VEVENT")}


def test_the_feed_shows_my_returns_and_queries_and_what_comes_next(as_user: SignIn, world: World) -> None:
    world.open()
    found = world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    returns.query(
        quarterly_return=found, reason="Why only £1,000.00 in Secret Street?", due_on=date(2026, 11, 20), by=world.officer, at=NOW
    )  # fmt: skip
    answer = Client().get(feed_of(as_user(world.lead)))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    shown = days(answer)
    assert shown["North: 1 query to answer, return for Q2 2026/27"] == date(2026, 11, 20)
    assert b"Secret" not in answer.content
    assert b"1,000" not in answer.content
    assert b"South" not in answer.content


def test_the_feed_of_a_certifier(as_user: SignIn, world: World) -> None:
    world.open()
    world.send(world.return_of(world.north), by=world.lead)
    shown = days(Client().get(feed_of(as_user(world.certifier))))
    assert shown["North: return for Q2 2026/27 to be signed"] == Q2.due_on


def test_the_usual_day_of_a_quarter_that_is_not_open_yet(world: World) -> None:
    from funding.calendars import due_days

    summaries = {due.summary: due.on for due in due_days(world.lead, on=date(2026, 10, 5))}
    assert summaries == {
        "North: return for Q2 2026/27 usually due (not open yet)": date(2026, 11, 2),
        "North: return for Q3 2026/27 usually due (not open yet)": date(2027, 2, 1),
    }
    assert due_days(world.auditor, on=date(2026, 10, 5)) == []


def test_a_day_that_moves_stays_one_entry(as_user: SignIn, world: World) -> None:
    opened = world.open()
    address = feed_of(as_user(world.lead))
    before = Calendar.from_ical(Client().get(address).content).walk("VEVENT")
    opened.due_on = date(2026, 12, 14)
    opened.save()
    after = Calendar.from_ical(Client().get(address).content).walk("VEVENT")
    assert [str(one["UID"]) for one in before] == [str(one["UID"]) for one in after]


def test_a_foreign_old_or_cut_address_does_not_exist(as_user: SignIn, world: World) -> None:
    client = as_user(world.lead)
    old = feed_of(client)
    new = feed_of(client)
    token = CalendarFeed.objects.get().token
    wrong = [old, *(reverse("calendar_feed", args=[one]) for one in (token[:12], token[:-1], token + "a", "x", "-" * 43, token[:12] + "-" * 31))]  # fmt: skip
    assert [Client().get(one).status_code for one in wrong] == [404] * len(wrong)
    assert Client().get(new).status_code == 200
    assert len(text(client, "/calendar/")) and new in text(client, "/calendar/")  # noqa: PT018


def test_the_feed_sets_no_cookie_and_ends_with_the_account(as_user: SignIn, world: World) -> None:
    client = as_user(world.lead)
    address = feed_of(client)
    for one in (Client(), client):
        answer = one.get(address)
        assert answer.status_code == 200
        assert not answer.cookies
    assert Client().post(address).status_code in (403, 405)
    User.objects.filter(pk=world.lead.pk).update(is_active=False)
    assert Client().get(address).status_code == 404


def test_a_right_that_has_ended_shows_no_more_days(as_user: SignIn, world: World) -> None:
    world.open()
    address = feed_of(as_user(world.lead))
    Membership.objects.filter(user=world.lead).update(ends_on="2026-11-01")
    assert days(Client().get(address)) == {}
