"""What the scanner's answer does to a file: clean, infected, or none at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from funding.actions import evidence
from funding.actions.evidence_scans import scan_waiting
from funding.models import EvidenceFile, EvidenceState, Notice
from funding.snapshot import content_of
from tests.clamd import EICAR, Clamd, clamd
from tests.world import NOW, World

CLEAN, INFECTED = b"An invoice.", b"A test: " + EICAR


@pytest.fixture
def scanner(settings: Any) -> Iterator[Clamd]:
    with clamd() as running:
        settings.CLAMD_URL, settings.CLAMD_TIMEOUT = running.url, 1
        yield running


def hand_in(world: World, *contents: bytes) -> list[EvidenceFile]:
    if not world.partnership.rounds.exists():
        world.open()
    offered = [SimpleUploadedFile(f"{number}.txt", content) for number, content in enumerate(contents)]
    found = world.return_of(world.north)
    return evidence.add(quarterly_return=found, budget_line=None, offered=offered, by=world.lead, at=NOW).kept


def states() -> list[str]:
    return list(EvidenceFile.objects.order_by("pk").values_list("state", flat=True))


def on_disk(settings: Any) -> list[str]:
    return [path.name for path in Path(settings.FILES_ROOT).iterdir()]


def test_a_file_waits_for_its_scan(world: World, scanner: Clamd) -> None:
    hand_in(world, CLEAN)
    assert states() == [EvidenceState.WAITING]
    assert not EvidenceFile.objects.get().may_be_opened


def test_a_clean_file_opens(world: World, scanner: Clamd) -> None:
    hand_in(world, CLEAN)
    done = scan_waiting(clock=lambda: NOW)
    found = EvidenceFile.objects.get()
    assert (done.clean, found.state, found.scanned_at, found.may_be_opened) == (1, "clean", NOW, True)
    assert scan_waiting(clock=lambda: NOW).clean == 0
    assert scanner.seen == [CLEAN]


def test_an_infected_file_is_gone_at_once_and_the_history_says_so(
    world: World, scanner: Clamd, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    kept, bad = hand_in(world, CLEAN, INFECTED)
    with django_capture_on_commit_callbacks(execute=True):
        done = scan_waiting(clock=lambda: NOW)
    bad.refresh_from_db()
    assert (done.clean, done.infected) == (1, 1)
    assert (bad.state, bad.verdict) == ("refused", "The scanner found Win.Test.EICAR_HDB-1.")
    assert on_disk(settings) == [kept.stored_as]
    event = world.return_of(world.north).events.get(verb="refuse_file")
    assert "1.txt" in event.reason
    assert "EICAR" in event.reason
    notice = Notice.objects.get(kind="infected")
    assert notice.user == world.lead
    assert "1.txt" in notice.body
    assert "EICAR" in notice.body
    assert [line["name"] for line in content_of(world.return_of(world.north))["evidence"]] == ["0.txt"]


@pytest.mark.parametrize("mode", ["hang", "hang up", "stammer", "error"])
def test_without_an_answer_the_file_stays_shut_until_there_is_one(
    world: World, scanner: Clamd, mode: str
) -> None:
    hand_in(world, CLEAN, b"Another.", b"A third.")
    scanner.mode = mode
    done = scan_waiting(clock=lambda: NOW)
    assert (done.clean, done.failed) == (0, 2)  # it does not wait for each file in turn
    assert states() == [EvidenceState.WAITING] * 3
    scanner.mode = "answer"
    assert scan_waiting(clock=lambda: NOW).clean == 3


def test_what_came_before_there_was_a_scanner_is_scanned_later(world: World, settings: Any) -> None:
    hand_in(world, CLEAN, INFECTED)
    assert states() == [EvidenceState.UNSCANNED] * 2
    assert scan_waiting(clock=lambda: NOW).clean == 0
    with clamd() as running:
        settings.CLAMD_URL = running.url
        scan_waiting(clock=lambda: NOW)
    assert states() == [EvidenceState.CLEAN, EvidenceState.REFUSED]


def test_a_file_that_is_lost_keeps_no_other_from_being_scanned(
    world: World, scanner: Clamd, settings: Any
) -> None:
    lost, other = hand_in(world, CLEAN, b"Another.")
    (Path(settings.FILES_ROOT) / lost.stored_as).unlink()
    scan_waiting(clock=lambda: NOW)
    assert states() == [EvidenceState.WAITING, EvidenceState.CLEAN]
    assert other.stored_as in on_disk(settings)


def test_an_answer_about_a_file_that_was_taken_out_changes_nothing(world: World, scanner: Clamd) -> None:
    from funding.actions.evidence_scans import record
    from funding.scanning import Verdict

    (kept,) = hand_in(world, CLEAN)
    evidence.remove(evidence=kept, by=world.lead, at=NOW)
    record(evidence=kept, verdict=Verdict("Eicar"), at=NOW)
    assert states() == [EvidenceState.REMOVED]
