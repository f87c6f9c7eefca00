"""The evidence pages: handing in, taking out, and a download that runs nothing and shows nobody else's file."""

from __future__ import annotations

import html
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from funding.models import BudgetLine, EvidenceFile, EvidenceState, QuarterlyReturn
from tests.clamd import clamd
from tests.conftest import sign_in
from tests.funding.evidence_samples import PDF, png
from tests.funding.hostile_evidence import Hostile, every
from tests.world import World

HOSTILE = list(every())


@pytest.fixture
def found(open_world: World) -> QuarterlyReturn:
    return open_world.return_of(open_world.north)


@pytest.fixture
def client(world: World) -> Client:
    return sign_in(world.lead)


def send(client: Client, found: QuarterlyReturn, *files: tuple[str, bytes], line: object = "") -> Any:
    offered = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(
        reverse("return_evidence", args=[found.pk]), {"line": line, "uploads": offered}, follow=True
    )


def text_of(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).split())


def kept(settings: Any) -> list[Path]:
    root = Path(settings.FILES_ROOT)
    return list(root.iterdir()) if root.is_dir() else []


def test_files_are_handed_in_for_a_line_and_shown_under_it(client: Client, found: QuarterlyReturn) -> None:
    line = BudgetLine.objects.of(found.organisation, 2026)[0]
    page = text_of(send(client, found, ("invoice.pdf", PDF), ("photo.png", png()), line=line.pk))
    assert "Added: “invoice.pdf”, “photo.png”." in page
    assert "2 files, 1 KB of 100 MB" in page
    assert str(line) in page.split("<main")[1]
    assert "Not scanned: no scanner is set up" in page
    assert text_of(client.get(reverse("return", args=[found.pk]))).count("Evidence") >= 1


def test_the_page_says_what_is_missing(client: Client, found: QuarterlyReturn) -> None:
    answer = client.post(reverse("return_evidence", args=[found.pk]), {"line": ""})
    assert "Choose at least one file." in text_of(answer)
    assert "<title>Error: " in answer.content.decode().replace("\n", "")
    many = send(client, found, *((f"{number}.txt", b"x%d" % number) for number in range(21)))
    assert "Choose 20 files or fewer at once." in text_of(many)
    assert not EvidenceFile.objects.exists()


def test_a_foreign_line_is_refused(world: World, client: Client, found: QuarterlyReturn) -> None:
    foreign = BudgetLine.objects.of(world.south, 2026)[0]
    assert "Choose a budget line of this list." in text_of(
        send(client, found, ("a.pdf", PDF), line=foreign.pk)
    )
    assert not EvidenceFile.objects.exists()


def test_the_list_is_for_readers_and_the_form_for_preparers(
    world: World, client: Client, found: QuarterlyReturn
) -> None:
    send(client, found, ("invoice.pdf", PDF))
    for reader in (world.certifier, world.officer, world.auditor, world.approver):
        page = text_of(sign_in(reader).get(reverse("return_evidence", args=[found.pk])))
        assert "invoice.pdf" in page
        assert "Add the files" not in page
        assert "Take out" not in page


@pytest.mark.parametrize("page", ["return_check", "return_certify", "return", "return_review"])
def test_the_other_pages_of_the_return_list_the_evidence(
    world: World, client: Client, found: QuarterlyReturn, page: str
) -> None:
    send(client, found, ("invoice.pdf", PDF))
    address, who = reverse(page, args=[found.pk]), client
    if page == "return_certify":
        world.send(world.return_of(world.north), by=world.lead)
        who = sign_in(world.certifier)
    if page == "return_review":
        world.certify(world.return_of(world.north), by=world.lead, certifier=world.certifier)
    if page in ("return", "return_review"):
        who = sign_in(world.officer)
    assert "invoice.pdf" in text_of(who.get(address))


def test_a_sent_file_stays_and_the_locked_page_says_why(
    world: World, client: Client, found: QuarterlyReturn
) -> None:
    send(client, found, ("invoice.pdf", PDF))
    world.send(world.return_of(world.north), by=world.lead)
    page = text_of(client.get(reverse("return_evidence", args=[found.pk])))
    assert "This return is with its certifier. Take it back before you change it." in page
    assert "Sent with version 1, so it stays" in page
    assert "Add the files" not in page
    refused = send(client, found, ("late.png", png()))
    assert "This return is with its certifier" in text_of(refused)
    assert EvidenceFile.objects.count() == 1


def test_a_file_is_taken_out_after_a_question(
    client: Client, found: QuarterlyReturn, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    send(client, found, ("invoice.pdf", PDF))
    address = reverse("evidence_remove", args=[EvidenceFile.objects.get().pk])
    assert "Take out this file" in text_of(client.get(address))
    with django_capture_on_commit_callbacks(execute=True):
        page = text_of(client.post(address, follow=True))
    assert "“invoice.pdf” was taken out." in page
    assert EvidenceFile.objects.get().state == EvidenceState.REMOVED
    assert kept(settings) == []
    assert "already been taken out" in text_of(client.post(address))


# --- The download ---------------------------------------------------------------------------------


def test_a_download_is_saved_and_never_shown(client: Client, found: QuarterlyReturn) -> None:
    send(client, found, ("Rechnung “Café” £.pdf", PDF))
    one = EvidenceFile.objects.get()
    answer = client.get(reverse("evidence_file", args=[one.pk]))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Length"] == str(len(PDF))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"] == (
        "attachment; filename=\"Rechnung _Caf__ _.pdf\"; filename*=UTF-8''Rechnung%20%E2%80%9CCaf%C3%A9%E2%80%9D%20%C2%A3.pdf"
    )


def test_a_page_in_disguise_is_never_sent_as_a_page(client: Client, found: QuarterlyReturn) -> None:
    """Even a row with another content type goes out as bytes."""
    send(client, found, ("a.txt", b"words"))
    EvidenceFile.objects.update(content_type="text/html")
    answer = client.get(reverse("evidence_file", args=[EvidenceFile.objects.get().pk]))
    assert answer["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("who", "status"),
    [("lead", 200), ("certifier", 200), ("officer", 200), ("approver", 200), ("auditor", 200)]
    + [(who, 404) for who in ("stranger", "south_certifier", "police_lead", "board_member", "administrator")],
)
def test_only_who_may_see_the_return_gets_the_file(
    world: World, client: Client, found: QuarterlyReturn, who: str, status: int
) -> None:
    send(client, found, ("invoice.pdf", PDF))
    answer = sign_in(getattr(world, who)).get(reverse("evidence_file", args=[EvidenceFile.objects.get().pk]))
    assert answer.status_code == status
    assert (b"%PDF" in answer.getvalue()) == (status == 200)


@pytest.mark.parametrize("state", [EvidenceState.WAITING, EvidenceState.REFUSED, EvidenceState.REMOVED])
def test_a_file_that_is_not_clean_is_not_handed_out(
    client: Client, found: QuarterlyReturn, state: str
) -> None:
    send(client, found, ("invoice.pdf", PDF))
    EvidenceFile.objects.update(state=state)
    answer = client.get(reverse("evidence_file", args=[EvidenceFile.objects.get().pk]), follow=True)
    assert answer.redirect_chain == [(reverse("return_evidence", args=[found.pk]), 302)]
    words = {"waiting": "has not been scanned for viruses yet"}.get(state, "can no longer be opened")
    assert words in text_of(answer)


def test_a_file_that_is_lost_is_a_sentence(client: Client, found: QuarterlyReturn, settings: Any) -> None:
    send(client, found, ("invoice.pdf", PDF))
    kept(settings)[0].unlink()
    answer = client.get(reverse("evidence_file", args=[EvidenceFile.objects.get().pk]), follow=True)
    assert "is not on the disk of the portal" in text_of(answer)


def test_with_a_scanner_the_page_says_that_the_file_waits(
    client: Client, found: QuarterlyReturn, settings: Any
) -> None:
    with clamd() as running:
        settings.CLAMD_URL = running.url
        page = text_of(send(client, found, ("invoice.pdf", PDF)))
    assert "Waiting for the virus scan" in page
    assert "no scanner is set up" not in page
    assert reverse("evidence_file", args=[EvidenceFile.objects.get().pk]) + '"' not in page


# --- What must not come in --------------------------------------------------------------------------


@pytest.mark.parametrize("hostile", HOSTILE, ids=[ascii(one[0]) for one in HOSTILE])
def test_a_hostile_file_is_answered_with_its_cause_and_leaves_nothing(
    client: Client, found: QuarterlyReturn, settings: Any, hostile: Hostile
) -> None:
    name, content, words = hostile
    started = time.monotonic()
    answer = send(client, found, (name, content))
    assert time.monotonic() - started < 10
    assert answer.status_code == 200
    assert words in text_of(answer)
    assert "There is a problem" in text_of(answer)
    assert not EvidenceFile.objects.exists()
    assert kept(settings) == []
    found.refresh_from_db()
    assert found.revision == 0


def test_an_empty_file_is_refused(client: Client, found: QuarterlyReturn) -> None:
    assert "is empty. Choose the file again." in text_of(send(client, found, ("a.pdf", b"")))


def test_too_much_at_once_is_a_sentence_and_what_fits_is_kept(
    client: Client, found: QuarterlyReturn, settings: Any
) -> None:
    """Six files of nearly 10 MB: the sixth does not fit into one request."""
    line = b"A line of plain text that says nothing at all.\n"
    files = [(f"{n}.txt", b"%d\n" % n + line * (9_900_000 // len(line))) for n in range(6)]
    page = text_of(send(client, found, *files))
    assert "“5.txt” was too much together with the other files." in page
    assert len(kept(settings)) == EvidenceFile.objects.count() == 5


def broken_body(kind: str) -> tuple[bytes, str]:
    head = b'--x\r\nContent-Disposition: form-data; name="uploads"; filename="a.pdf"\r\n\r\n'
    return {
        "no end": (head + PDF, "multipart/form-data; boundary=x"),
        "no boundary": (head + PDF, "multipart/form-data"),
        "other boundary": (head + PDF + b"\r\n--x--\r\n", "multipart/form-data; boundary=y"),
        "nul in name": (head.replace(b"a.pdf", b"a\0.pdf") + PDF + b"\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        "many": ((head + b"x\r\n") * 200 + b"--x--\r\n", "multipart/form-data; boundary=x"),
        "base64": (head.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n") + b"%%%\r\n--x--", "multipart/form-data; boundary=x"),
        "long head": (head.replace(b"a.pdf", b"a" * 100_000) + PDF + b"\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    }[kind]  # fmt: skip


@pytest.mark.parametrize(
    "kind", ["no end", "no boundary", "other boundary", "nul in name", "many", "base64", "long head"]
)
def test_a_broken_body_is_no_failure(world: World, found: QuarterlyReturn, settings: Any, kind: str) -> None:
    client = sign_in(world.lead)
    client.raise_request_exception = False
    body, content_type = broken_body(kind)
    answer = client.generic(
        "POST", reverse("return_evidence", args=[found.pk]), body, content_type=content_type
    )
    assert answer.status_code in (200, 302, 400)
    assert len(kept(settings)) == EvidenceFile.objects.count()
