"""The pages of claims: the list, a draft, freezing it after a check, what is frozen, and the downloads."""

from __future__ import annotations

import csv
import re
from io import BytesIO, StringIO
from zipfile import ZipFile

import openpyxl
import pytest
from django.http import HttpResponse
from django.urls import reverse

from funding.models import Claim, ClaimHeading, ClaimPart
from tests.conftest import sign_in
from tests.funding.claims.year import PastYear, past_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def past(db: None) -> PastYear:
    made = past_year()
    made.certify("north", 1, "1000.01")
    return made


def text_of(answer: HttpResponse) -> str:
    """The words of the page, without tags and line breaks."""
    main = answer.content.decode().split("<main", 1)[1].split("</main", 1)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def address(past: PastYear, part: str, name: str = "claim") -> str:
    return reverse(name, args=[past.award.pk, part])


def test_check_freeze_and_read(past: PastYear) -> None:
    """The approver's way, with what the officer and the board read of it."""
    approver, board = sign_in(past.world.approver), sign_in(past.world.board_member)
    draft = text_of(approver.get(address(past, "q1")))
    assert "This claim £2,000.02" in draft
    assert "South Council Not returned not returned" in draft
    assert "layout is not public. These headings are the partnership's own" in draft.replace("&#39;", "'")
    freezing = address(past, "q1", "claim_freeze")
    page = approver.get(freezing)
    assert "Check before you freeze" in text_of(page)
    (seen,) = re.findall(r'name="seen" value="(\w{64})"', page.content.decode())

    assert "Tick the box" in text_of(approver.post(freezing, {"seen": seen}))
    stale = text_of(approver.post(freezing, {"seen": "0" * 64, "confirmed": "on"}))
    assert "A return has moved since you opened this page" in stale
    assert not Claim.objects.exists()
    answer = approver.post(freezing, {"seen": seen, "confirmed": "on"}, follow=True)
    assert "You have frozen the claim for Q1 of 2025/26: £2,000.02." in text_of(answer)
    assert Claim.objects.get().digest == seen
    again = text_of(approver.post(freezing, {"seen": seen, "confirmed": "on"}))
    assert "This claim has been frozen already" in again
    assert approver.get(freezing).status_code == 302

    past.certify("south", 1, "700.07")
    frozen = text_of(board.get(address(past, "q1")))
    assert "Frozen by Approver" in frozen
    assert "The returns say £700.07 more than was claimed" in frozen
    assert "South Council Q1 2025/26 (certified)" in frozen
    carried = text_of(board.get(address(past, "q2")))
    assert "South Council Labour Q1 2025/26 +£700.07 No certified return of Q1 2025/26 stood" in carried
    listed = text_of(board.get(f"{reverse('claims')}?year=2025"))
    assert "Quarter 1 of VRU 2026 Frozen" in listed
    assert "£2,000.02 +£700.07" in listed
    assert "Draft £700.07" in listed
    assert "The claim for Q2 has to be frozen first." in listed


def test_who_reads_and_who_freezes(past: PastYear) -> None:
    for name, read, freeze in (
        ("approver", 200, 200),
        ("officer", 200, 403),
        ("auditor", 200, 403),
        ("board_member", 200, 403),
        ("lead", 404, 404),
        ("certifier", 404, 404),
        ("administrator", 404, 404),
    ):
        client = sign_in(getattr(past.world, name))
        assert client.get(address(past, "q1")).status_code == read, name
        assert client.get(address(past, "q1", "claim_freeze")).status_code == freeze, name
        assert client.post(address(past, "q1", "claim_freeze")).status_code == freeze, name
    assert sign_in(past.world.officer).get(address(past, "q9")).status_code == 404


def test_what_is_not_yet_says_why(past: PastYear) -> None:
    client = sign_in(past.world.approver)
    assert "has to be frozen first" in text_of(client.get(address(past, "q3")))
    for name in ("claim_freeze", "claim_csv", "claim_xlsx"):
        assert client.get(address(past, "q3", name)).status_code == 302


def test_downloads_hold_numbers_and_no_formula(past: PastYear) -> None:
    ClaimHeading.objects.filter(code="labour").update(label="=HYPERLINK(1)")
    past.certify("north", 2, "1.00", corrects=(1, "-0.01"))
    past.freeze(ClaimPart.Q1)
    client = sign_in(past.world.auditor)
    answer = client.get(address(past, "q2", "claim_csv"))
    assert 'filename="claim-vru-2025-26-q2-draft.csv"' in answer["Content-Disposition"]
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["Amount in pounds"] for row in rows] == ["1.00", "1.00", "-0.01"]
    assert rows[0]["Claim heading"] == "'=HYPERLINK(1)"
    assert rows[2]["Quarter"] == "Q1 2025/26"

    content = client.get(address(past, "q1", "claim_xlsx")).content
    with ZipFile(BytesIO(content)) as package:
        assert not any(b"<f>" in package.read(name) for name in package.namelist())
    book = openpyxl.load_workbook(BytesIO(content))
    lines = list(book["Lines"].iter_rows(values_only=True))
    assert [(row[9], row[11]) for row in lines[1:]] == [("=HYPERLINK(1)", 1000.01), ("Non-labour", 1000.01)]
    assert {cell.data_type for cell in book["Lines"]["L"][1:]} == {"n"}
    returns = list(book["Returns"].iter_rows(values_only=True))
    assert [(row[0], row[2], row[6]) for row in returns[1:]] == [
        ("North Council", "Provisional", 2000.02),
        ("South Council", "Not returned", "not returned"),
    ]
    figures = dict(book["Claim"].iter_rows(values_only=True))
    assert figures["This claim, in pounds"] == 2000.02
