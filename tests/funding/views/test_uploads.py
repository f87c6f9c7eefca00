"""The pages of a workbook: template, upload, progress, preview, answer."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from authorities.models import User
from funding import files, jobs
from funding.actions import entries
from funding.forms.uploads import UploadForm
from funding.models import ConfirmedPrompt, QuarterlyReturn, SpendLine, UploadState, WorkbookUpload
from tests.funding.workbook.handed_in import stuck_upload
from tests.funding.workbook.sheets import content, spent
from tests.world import NOW, World

SignIn = Callable[[User], Client]


@pytest.fixture
def found(open_world: World) -> QuarterlyReturn:
    return open_world.return_of(open_world.north)


def hand_in(
    client: Client, found: QuarterlyReturn, data: Workbook | bytes, name: str = "return.xlsx"
) -> HttpResponse:
    data = data if isinstance(data, bytes) else content(data)
    return client.post(reverse("upload_new", args=[found.pk]), {"file": SimpleUploadedFile(name, data)})


def handed_in(
    client: Client, found: QuarterlyReturn, data: Workbook | bytes, name: str = "return.xlsx"
) -> str:
    """The address of the upload, after the worker has read it."""
    answer = hand_in(client, found, data, name)
    assert answer.status_code == 302, answer.content.decode()
    jobs.read_workbooks(clock=timezone.now)
    return answer["Location"]


@pytest.mark.parametrize("fault", ["not_stored", "cut_off"])
def test_what_did_not_arrive_whole_is_not_read(fault: str) -> None:
    """Half a CSV file is a CSV file, of other figures."""
    file = SimpleUploadedFile("return.csv", b"Line,Actual\nA,10")
    assert UploadForm({}, {"file": file}).is_valid()
    setattr(file, fault, True)
    form = UploadForm({}, {"file": file})
    assert not form.is_valid()
    assert "did not arrive whole" in form.errors["file"][0]


def test_a_full_disk_has_a_sentence(
    found: QuarterlyReturn, world: World, as_user: SignIn, settings: Any, tmp_path: Path
) -> None:
    """Private storage that cannot be written to: here a file stands where its folder should be."""
    (tmp_path / "shut").write_text("")
    settings.FILES_ROOT = tmp_path / "shut"
    page = text(hand_in(as_user(world.lead), found, b"Line,Actual", "return.csv"))
    assert "The disk of the portal does not take this file" in page
    assert not WorkbookUpload.objects.exists()


def text(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())


def ticks(address: str, client: Client) -> dict[str, str]:
    """The form of the preview with every box ticked."""
    page = client.get(address).content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    names = [part.split('"')[0] for part in page.split('name="warning-')[1:]]
    return {"seen": seen, **{f"warning-{name}": "on" for name in names}}


def test_the_template_is_downloaded(as_user: SignIn, world: World, found: QuarterlyReturn) -> None:
    answer = as_user(world.lead).get(reverse("return_workbook", args=[found.pk]))
    assert answer["Content-Disposition"] == f'attachment; filename="return-2026-q2-{found.pk}.xlsx"'
    assert load_workbook(BytesIO(answer.content)).sheetnames[:2] == ["Read me", "Spend and forecast"]


def test_upload_preview_save(as_user: SignIn, world: World, found: QuarterlyReturn) -> None:
    client = as_user(world.lead)
    address = handed_in(client, found, spent(found, 9500, 4800.01))
    page = text(client.get(address))
    assert "8 cells change, actual total" in page
    assert "+£14,300.01" in page
    assert "nothing entered" in page
    assert not SpendLine.objects.exists()

    answer = client.post(address, {**ticks(address, client), "all": "yes"}, follow=True)
    assert "are saved in the return" in text(answer)
    assert "From the workbook “return.xlsx”." in text(answer)
    assert SpendLine.objects.filter(quarterly_return=found).count() == 2
    assert "The history of the return names this workbook" in text(client.get(address))


def test_warnings_are_ticked_one_by_one_and_remembered(
    as_user: SignIn, world: World, found: QuarterlyReturn
) -> None:
    client = as_user(world.lead)
    address = handed_in(client, found, spent(found, 0, 99999))
    assert "3 to confirm" in text(client.get(address))
    body = ticks(address, client)

    refused = client.post(address, {"seen": body["seen"], "warning-0": "on", "all": "yes"})
    assert refused.status_code == 200
    assert refused.content.decode().count("Tick this box, or correct the figure") >= 2
    assert not SpendLine.objects.exists()

    assert client.post(address, {**body, "all": "yes"}).status_code == 302
    assert ConfirmedPrompt.objects.filter(quarterly_return=found, by=world.lead).count() == 3


def test_errors_are_told_by_cell_and_only_the_clean_part_is_saved(
    as_user: SignIn, world: World, found: QuarterlyReturn
) -> None:
    client = as_user(world.lead)
    address = handed_in(client, found, spent(found, "<b>about 5</b>", 4800))
    page = text(client.get(address))
    assert "1 error" in page
    assert '<span class="portal-cell">G5</span>' in page
    assert "&lt;b&gt;about 5&lt;/b&gt;" in page
    assert "Save all" not in page

    assert client.post(address, {**ticks(address, client), "all": "yes"}).status_code == 200
    assert not SpendLine.objects.exists()
    assert client.post(address, {**ticks(address, client), "clean": "yes"}).status_code == 302
    assert str(SpendLine.objects.get().actual) == "4800.00"


def test_the_marked_up_workbook_is_downloaded(as_user: SignIn, world: World, found: QuarterlyReturn) -> None:
    client = as_user(world.lead)
    address = handed_in(client, found, spent(found, "about 5", 4800))
    answer = client.get(f"{address}marked.xlsx")
    book = load_workbook(BytesIO(answer.content))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in answer["Content-Disposition"]
    assert "in figures only" in book["Spend and forecast"]["G5"].comment.text


def test_a_refused_file_says_why(as_user: SignIn, world: World, found: QuarterlyReturn) -> None:
    client = as_user(world.lead)
    page = text(client.get(handed_in(client, found, b"%PDF-1.7 nothing", "x.xlsx")))
    assert "the file was not kept" in page
    assert not list(Path(files.storage().location).iterdir())


@pytest.mark.parametrize("name", ["return.pdf", "return", "return.xlsx.exe", "xlsx", "return.html"])
def test_a_file_of_another_kind_is_not_taken(
    as_user: SignIn, world: World, found: QuarterlyReturn, name: str
) -> None:
    answer = hand_in(as_user(world.lead), found, b"x", name)
    assert answer.status_code == 200
    assert "Choose " in answer.content.decode()
    assert not WorkbookUpload.objects.exists()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.xlsx", "passwd.xlsx"),
        ("C:\\temp\\a.xlsx", "a.xlsx"),
        ("a\u202excod.xlsx", "axcod.xlsx"),
        ("n" * 200 + ".xlsx", "n" * 110 + "….xlsx"),
    ],
)
def test_a_name_is_shown_and_never_a_path(
    as_user: SignIn, world: World, found: QuarterlyReturn, name: str, shown: str
) -> None:
    hand_in(as_user(world.lead), found, b"x", name)
    upload = WorkbookUpload.objects.get()
    assert upload.name == shown
    assert len(upload.stored_as) == len("0" * 32 + ".xlsx")


def test_a_waiting_page_shows_true_progress_and_reloads_without_script(
    as_user: SignIn, world: World, found: QuarterlyReturn
) -> None:
    client = as_user(world.lead)
    address = hand_in(client, found, spent(found))["Location"]
    WorkbookUpload.objects.update(state=UploadState.READING, step="Reading rows", done=40, total=200)
    page = client.get(address).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert 'aria-valuemax="200" aria-valuenow="40"' in page
    facts = client.get(f"{address}progress/").json()
    assert facts == {"step": "Reading rows", "done": 40, "total": 200, "is_finished": False}


def test_a_preview_that_is_out_of_date_saves_nothing(
    as_user: SignIn, world: World, found: QuarterlyReturn
) -> None:
    client = as_user(world.lead)
    address = handed_in(client, found, spent(found, 9500, 4800))
    body = ticks(address, client)
    entries.save_narrative(
        quarterly_return=found,
        revision=0,
        progress="Mine.",
        problems="",
        next_steps="",
        by=world.lead,
        at=NOW,
    )
    answer = client.post(address, {**body, "all": "yes"}, follow=True)
    assert "being compared again" in text(answer)
    assert not SpendLine.objects.exists()

    jobs.read_workbooks(clock=timezone.now)
    old = client.post(address, {**body, "all": "yes"})
    assert "compared with the return again since you opened this page" in text(old)
    assert client.post(address, {**ticks(address, client), "all": "yes"}).status_code == 302
    assert SpendLine.objects.count() == 2


def test_posting_twice_saves_once(as_user: SignIn, world: World, found: QuarterlyReturn) -> None:
    client = as_user(world.lead)
    address = handed_in(client, found, spent(found, 9500, 4800))
    body = {**ticks(address, client), "all": "yes"}
    assert [client.post(address, body).status_code for _ in range(2)] == [302, 302]
    found.refresh_from_db()
    assert found.revision == 1


def test_discard(as_user: SignIn, world: World, found: QuarterlyReturn) -> None:
    client = as_user(world.lead)
    address = handed_in(client, found, spent(found, 9500, 4800))
    page = client.post(f"{address}discard/", follow=True)
    assert "was discarded. Nothing of it is in the return" in text(page)
    assert "This file was discarded" in text(client.get(address))


def test_a_stuck_file_is_retried_on_its_page(as_user: SignIn, world: World, found: QuarterlyReturn) -> None:
    upload = stuck_upload(found, by=world.lead)
    client, address = as_user(world.lead), reverse("upload", args=[upload.pk])
    assert "stopped each time without an answer" in text(client.get(address))
    client.post(f"{address}retry/")
    upload.refresh_from_db()
    assert (upload.state, upload.attempts) == (UploadState.WAITING, 0)


@pytest.mark.parametrize(
    "name", ["upload", "upload_progress", "upload_marked", "upload_discard", "upload_retry"]
)
def test_nobody_else_sees_an_upload(as_user: SignIn, world: World, found: QuarterlyReturn, name: str) -> None:
    upload = stuck_upload(found, by=world.lead)
    for person in (world.stranger, world.police_lead, world.officer, world.certifier, world.auditor):
        assert as_user(person).get(reverse(name, args=[upload.pk])).status_code == 404


def test_a_shut_return_leads_back(as_user: SignIn, world: World, found: QuarterlyReturn) -> None:
    world.send(found, by=world.lead)
    client = as_user(world.lead)
    for name in ("upload_new", "return_workbook"):
        assert client.get(reverse(name, args=[found.pk])).status_code == 302
    assert "is with its certifier" in text(hand_in(client, found, b"x"))
