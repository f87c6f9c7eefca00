"""Receipts, versions, the exact content and the report, on pages and as files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from authorities.models import User
from funding.actions import returns, reviews
from funding.actions.errors import UnableToMoveReturn
from funding.models import ActivityTarget, Certificate, Intervention, QuarterlyReturn, ReturnVersion
from funding.snapshot import digest_of
from tests.world import NOW, World

SignIn = Callable[[User], Client]
HOUR = timedelta(hours=1)
PAGES = ("return_receipt", "return_versions", "return_report")
FILES = ("return_receipt_pdf", "return_report_pdf")


@pytest.fixture
def found(open_world: World) -> QuarterlyReturn:
    return open_world.return_of(open_world.north)


@pytest.fixture
def certified(signed_world: World) -> QuarterlyReturn:
    return signed_world.return_of(signed_world.north)


@pytest.fixture
def twice(certified: QuarterlyReturn, world: World) -> QuarterlyReturn:
    """Certified, queried, changed, certified again."""
    returns.query(quarterly_return=certified, reason="Why so little?", by=world.officer, at=NOW + HOUR)
    filled = world.fill(certified, by=world.lead, actual="2500.50")
    sent = returns.send(quarterly_return=filled, by=world.lead, at=NOW + 2 * HOUR)
    return returns.certify(quarterly_return=sent, by=world.certifier, at=NOW + 3 * HOUR)


def text(client: Client, name: str, found: QuarterlyReturn, query: str = "") -> str:
    answer = client.get(reverse(name, args=[found.pk]) + query)
    assert answer.status_code == 200, answer
    return " ".join(answer.content.decode().split())


def content_address(found: QuarterlyReturn, number: int = 1) -> str:
    return reverse("return_version_content", args=[found.pk, number])


# --- the checklist -------------------------------------------------------------------------


@pytest.mark.parametrize("page", [*PAGES, *FILES])
@pytest.mark.parametrize(
    "who", ["stranger", "south_certifier", "police_lead", "board_member", "administrator"]
)
def test_strangers_find_nothing(
    page: str, who: str, certified: QuarterlyReturn, world: World, as_user: SignIn
) -> None:
    client = as_user(getattr(world, who))
    assert client.get(reverse(page, args=[certified.pk])).status_code == 404
    assert client.get(content_address(certified)).status_code == 404


@pytest.mark.parametrize("page", [*PAGES, *FILES])
def test_pages_are_only_read(page: str, certified: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    assert as_user(lead).post(reverse(page, args=[certified.pk])).status_code == 405
    assert as_user(lead).get(reverse(page, args=[999999])).status_code == 404


@pytest.mark.parametrize("who", ["lead", "certifier", "officer", "approver", "auditor"])
def test_everybody_who_may_see_the_return_reads_its_papers(
    who: str, certified: QuarterlyReturn, world: World, as_user: SignIn
) -> None:
    client = as_user(getattr(world, who))
    for page in (*PAGES, *FILES):
        assert client.get(reverse(page, args=[certified.pk])).status_code == 200
    assert client.get(content_address(certified)).status_code == 200


# --- the receipt ---------------------------------------------------------------------------


def test_the_receipt_comes_at_once(found: QuarterlyReturn, world: World, as_user: SignIn) -> None:
    sent = world.send(found, by=world.lead)
    answer = as_user(world.certifier).post(
        reverse("return_certify", args=[found.pk]), {"revision": sent.revision, "certified": "on"}
    )
    assert answer["Location"] == reverse("return_receipt", args=[found.pk])
    page = text(as_user(world.certifier), "return_receipt", found)
    certificate = Certificate.objects.get()
    assert certificate.reference in page
    assert "Section 151 or chief finance officer" in page
    assert "London time" in page
    assert certificate.version.digest in page
    assert "actual spend is stated on an accruals basis and agrees with the accounts" in page
    assert "£2,000.00" in page, "two lines of £1,000.00"
    assert "£4,400.00" in page, "two lines, two later quarters, £1,100.00 each"


def test_before_the_signature_there_is_a_page_and_no_file(
    found: QuarterlyReturn, world: World, lead: User, as_user: SignIn
) -> None:
    world.send(found, by=world.lead)
    assert "has not been certified, so there is no receipt" in text(as_user(lead), "return_receipt", found)
    assert as_user(lead).get(reverse("return_receipt_pdf", args=[found.pk])).status_code == 404


def test_receipts_of_earlier_versions_stay(twice: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    first, second = Certificate.objects.order_by("version__number")
    page = text(as_user(lead), "return_receipt", twice)
    assert second.version.digest in page
    assert f"Version 1, {first.reference}" in page
    page = text(as_user(lead), "return_receipt", twice, "?version=1")
    assert first.version.digest in page
    assert "The return was certified again since." in page
    client = as_user(lead)
    for number in ("3", "0", "x", "-1", "", "１", "9" * 50):
        for page in ("return_receipt", "return_receipt_pdf"):
            assert client.get(reverse(page, args=[twice.pk]) + f"?version={number}").status_code == 404


def test_a_certificate_that_does_not_stand_says_so(
    certified: QuarterlyReturn, world: World, lead: User, as_user: SignIn
) -> None:
    returns.query(quarterly_return=certified, reason="Why?", by=world.officer, at=NOW + HOUR)
    assert "this certificate does not stand at present" in text(as_user(lead), "return_receipt", certified)


# --- the content that was hashed -----------------------------------------------------------


def test_the_content_is_the_exact_bytes_that_were_hashed(
    certified: QuarterlyReturn, world: World, as_user: SignIn
) -> None:
    for who in (world.lead, world.auditor):
        answer = as_user(who).get(content_address(certified))
        assert answer["Content-Type"] == "application/json"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert hashlib.sha256(answer.content).hexdigest() == ReturnVersion.objects.get().digest


def test_the_content_of_the_police_has_references_and_no_names(world: World, as_user: SignIn) -> None:
    world.open()
    police = world.certify(
        world.return_of(world.police), by=world.police_lead, certifier=world.police_certifier
    )
    for who in (world.police_lead, world.officer, world.auditor, world.police_certifier):
        content = as_user(who).get(content_address(police)).content.decode()
        assert "H01" in content
        assert "Secret" not in content
        for page in PAGES:
            assert "Secret" not in text(as_user(who), page, police)


def test_small_numbers_stay_in_the_organisation(
    found: QuarterlyReturn, world: World, as_user: SignIn
) -> None:
    filled = world.fill(found, by=world.lead)
    filled.activity_lines.update(targeted_reached=3)
    sent = returns.send(quarterly_return=filled, by=world.lead, at=NOW)
    returns.certify(quarterly_return=sent, by=world.certifier, at=NOW)
    for who, code in ((world.lead, 200), (world.certifier, 200), (world.officer, 403), (world.auditor, 403)):
        assert as_user(who).get(content_address(found)).status_code == code
    assert "only North Council itself can download it" in text(
        as_user(world.officer), "return_receipt", found
    )
    assert "fewer than 5" in text(as_user(world.officer), "return_report", found)
    assert "fewer than 5" not in text(as_user(world.lead), "return_report", found)


def test_no_version_gives_a_hidden_count_of_another_away(
    found: QuarterlyReturn, world: World, as_user: SignIn
) -> None:
    """Version 1 has 12 and 12. In version 2 the first is 3, which is hidden, and so is the 20 beside it: the
    board shows the 23 of both."""
    world.certify(found, by=world.lead, certifier=world.certifier)
    certified = world.return_of(world.north)
    returns.query(quarterly_return=certified, reason="Why so many?", by=world.officer, at=NOW + HOUR)
    filled = world.fill(certified, by=world.lead)
    mentoring, sessions = filled.activity_lines.order_by("pk")
    filled.activity_lines.filter(pk=mentoring.pk).update(targeted_reached=3)
    filled.activity_lines.filter(pk=sessions.pk).update(targeted_reached=20)
    sent = returns.send(quarterly_return=filled, by=world.lead, at=NOW + 2 * HOUR)
    returns.certify(quarterly_return=sent, by=world.certifier, at=NOW + 3 * HOUR)
    for who in (world.officer, world.auditor):
        for query in ("", "?one=1&other=2"):
            page = text(as_user(who), "return_versions", found, query)
            assert "a number that is not shown" in page
            assert not [shown for shown in (">3<", ">12<", ">20<", "fewer than") if shown in page]
        for number in (1, 2):
            assert as_user(who).get(content_address(found, number)).status_code == 403
    page = text(as_user(world.lead), "return_versions", found)
    assert "a number that is not shown" not in page
    assert as_user(world.lead).get(content_address(found, 2)).status_code == 200
    assert as_user(world.lead).get(content_address(found, 3)).status_code == 404


# --- returns of before versions were kept ----------------------------------------------------


def of_before(found: QuarterlyReturn, world: World) -> QuerySet[QuarterlyReturn]:
    """Sent, as the release before did it: no version was kept."""
    world.fill(found, by=world.lead)
    row = QuarterlyReturn.objects.filter(pk=found.pk)
    row.update(status="with_certifier", prepared_by=world.lead, prepared_at=NOW)
    return row


def test_what_was_sent_before_is_declined_and_sent_again(
    found: QuarterlyReturn, world: World, as_user: SignIn
) -> None:
    of_before(found, world)
    assert "Draft: not certified" in text(as_user(world.lead), "return_report", found)
    assert text(as_user(world.certifier), "return_certify", found)
    sent = world.return_of(world.north)
    with pytest.raises(UnableToMoveReturn, match="Decline it, so that it is sent again"):
        returns.certify(quarterly_return=sent, by=world.certifier, at=NOW)
    sent = world.return_of(world.north)
    draft = returns.decline(quarterly_return=sent, reason="Again.", by=world.certifier, at=NOW)
    again = returns.send(quarterly_return=draft, by=world.lead, at=NOW + HOUR)
    returns.certify(quarterly_return=again, by=world.certifier, at=NOW + HOUR)
    assert Certificate.objects.count() == 1


def test_what_was_certified_before_is_no_draft(found: QuarterlyReturn, world: World, as_user: SignIn) -> None:
    row = of_before(found, world)
    row.update(status="certified", certified_by=world.certifier, certified_at=NOW)
    page = text(as_user(world.officer), "return_report", found)
    assert "Draft" not in page
    assert "Certified by Certifier on 2 November 2026 at 9:30am London time, before receipts" in page
    for name in ("return_receipt", "return_versions", "return_review"):
        assert text(as_user(world.officer), name, found)
    assert as_user(world.lead).get(reverse("return_receipt_pdf", args=[found.pk])).status_code == 404
    accepted = returns.accept(quarterly_return=world.return_of(world.north), by=world.officer, at=NOW)
    opened = returns.reopen(quarterly_return=accepted, reason="Look.", by=world.officer, at=NOW + HOUR)
    with pytest.raises(UnableToMoveReturn, match="was never certified"):
        reviews.revert(quarterly_return=opened, reason="Fine.", by=world.lead, at=NOW + HOUR)
    again = returns.send(quarterly_return=opened, by=world.lead, at=NOW + 2 * HOUR)
    returns.certify(quarterly_return=again, by=world.certifier, at=NOW + 3 * HOUR)
    assert Certificate.objects.get().reference in text(as_user(world.lead), "return_receipt", found)


# --- versions ------------------------------------------------------------------------------


def test_each_version_says_who_when_and_what_changed(
    twice: QuarterlyReturn, world: World, as_user: SignIn
) -> None:
    returns.accept(quarterly_return=twice, by=world.officer, at=NOW + 4 * HOUR)
    page = text(as_user(world.lead), "return_versions", twice)
    assert "Version 2" in page
    assert "The first version." in page
    assert "Officer, 2 November 2026 at 10:30am London time: Why so little?" in page
    assert "Officer, 2 November 2026 at 1:30pm London time" in page, "accepted"
    assert "Actual spend goes from £2,000.00 to £5,001.00, +£3,001.00." in page
    assert '£2,500.50 <span class="portal-difference">(+£1,500.50)</span>' in page


def test_any_two_versions_are_compared(twice: QuarterlyReturn, lead: User, as_user: SignIn) -> None:
    page = text(as_user(lead), "return_versions", twice, "?one=2&other=1")
    assert "From version 2 to version 1" in page
    assert "Actual spend goes from £5,001.00 to £2,000.00, −£3,001.00." in page
    same = text(as_user(lead), "return_versions", twice, "?one=1&other=1")
    assert "Nothing changed." in same
    wrong = text(as_user(lead), "return_versions", twice, "?one=7&other=x")
    assert "Choose a version of this list." in wrong


def test_a_return_that_was_never_sent_has_no_versions(
    found: QuarterlyReturn, lead: User, as_user: SignIn
) -> None:
    assert "has not been sent to its certifier yet" in text(as_user(lead), "return_versions", found)


# --- the report ----------------------------------------------------------------------------


def test_the_report_of_a_certified_return(certified: QuarterlyReturn, world: World, as_user: SignIn) -> None:
    mentoring = Intervention.objects.get(name="Mentoring")
    ActivityTarget.objects.create(
        intervention=mentoring, quarter=2, universal_reached=350, targeted_reached=10, sessions=24
    )
    page = text(as_user(world.lead), "return_report", certified)
    assert "Draft" not in page
    for words in (
        "£15,000.00",
        "£2,000.00",
        "−£13,000.00",
        "350",
        "Amber",
        "Spend is behind the plan.",
    ):
        assert words in page, words
    assert "On course in Quarter 2" in page
    assert Certificate.objects.get().reference in page


@pytest.mark.parametrize("state", ["not started", "draft", "sent"])
def test_the_report_of_an_uncertified_return_is_marked(
    state: str, found: QuarterlyReturn, world: World, as_user: SignIn
) -> None:
    if state != "not started":
        world.fill(found, by=world.lead)
    if state == "sent":
        returns.send(quarterly_return=world.return_of(world.north), by=world.lead, at=NOW)
    page = text(as_user(world.lead), "return_report", found)
    assert "Draft: not certified" in page
    answer = as_user(world.lead).get(reverse("return_report_pdf", args=[found.pk]))
    assert answer.content.startswith(b"%PDF-")


def test_files_are_attachments_and_the_same_each_time(
    certified: QuarterlyReturn, lead: User, as_user: SignIn, tmp_path: Path
) -> None:
    for page in FILES:
        answer = as_user(lead).get(reverse(page, args=[certified.pk]))
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith('attachment; filename="')
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer.content == as_user(lead).get(reverse(page, args=[certified.pk])).content


def test_a_changed_return_has_another_digest(twice: QuarterlyReturn) -> None:
    first, second = ReturnVersion.objects.order_by("number")
    assert first.digest != second.digest
    assert digest_of(first.content) == first.digest
