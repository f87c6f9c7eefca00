"""Handing evidence in and taking it out: one save each, file first and row after, nothing half."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from funding.actions import entries, evidence, returns
from funding.actions.errors import UnableToMoveReturn
from funding.models import BudgetLine, EvidenceFile, EvidenceState, QuarterlyReturn, ReturnStatus
from funding.snapshot import content_of
from tests.funding.evidence_samples import PDF, good, png, xlsx
from tests.world import NOW, World


def offered(name: str = "invoice.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def found(open_world: World) -> QuarterlyReturn:
    return open_world.return_of(open_world.north)


def hand_in(
    world: World, found: QuarterlyReturn, *files: SimpleUploadedFile, line: BudgetLine | None = None
) -> evidence.HandedIn:
    return evidence.add(
        quarterly_return=found, budget_line=line, offered=files or [offered()], by=world.lead, at=NOW
    )


def on_disk(settings: Any) -> list[Path]:
    root = Path(settings.FILES_ROOT)
    return sorted(root.iterdir()) if root.is_dir() else []


def test_files_are_kept_beside_a_line_as_one_save(
    world: World, found: QuarterlyReturn, settings: Any
) -> None:
    line = BudgetLine.objects.of(world.north, 2026)[0]

    handed_in = hand_in(
        world, found, *(offered(name, content) for name, content in good().items()), line=line
    )

    rows = EvidenceFile.objects.filter(quarterly_return=found)
    assert handed_in.refused == []
    assert {row.name for row in rows} == {name.replace(".jpeg", ".jpg") for name in good()}
    assert {row.budget_line for row in rows} == {line}
    assert {row.state for row in rows} == {EvidenceState.UNSCANNED}
    assert {path.name for path in on_disk(settings)} == {row.stored_as for row in rows}
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in on_disk(settings))
    found.refresh_from_db()
    assert (found.revision, found.status) == (1, ReturnStatus.DRAFT)
    assert [event.verb for event in found.events.all()] == ["save"]


def test_what_another_editor_has_open_is_not_overwritten(world: World, found: QuarterlyReturn) -> None:
    hand_in(world, found)
    with pytest.raises(entries.UnableToSave, match="Somebody else saved"):
        entries.save_narrative(
            quarterly_return=found,
            revision=0,
            progress="x",
            problems="",
            next_steps="",
            by=world.lead,
            at=NOW,
        )


def test_the_good_ones_are_kept_and_the_others_named(
    world: World, found: QuarterlyReturn, settings: Any
) -> None:
    handed_in = hand_in(world, found, offered(), offered("page.pdf", b"<html>"), offered("again.pdf"))
    assert [one.name for one in handed_in.kept] == ["invoice.pdf"]
    assert len(handed_in.refused) == 2
    assert "already there, as “invoice.pdf”" in handed_in.refused[1]
    assert len(on_disk(settings)) == 1


def test_nothing_taken_is_no_save(world: World, found: QuarterlyReturn, settings: Any) -> None:
    handed_in = hand_in(world, found, offered("page.pdf", b"<html>"))
    hand_in(world, found)
    twice = hand_in(world, found)
    found.refresh_from_db()
    assert (handed_in.kept, twice.kept, found.revision) == ([], [], 1)
    assert len(on_disk(settings)) == 1


def test_a_return_takes_so_much_and_no_more(
    world: World, found: QuarterlyReturn, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(world, found)
    monkeypatch.setattr(evidence, "MOST_OF_A_RETURN", len(PDF) + 100)
    assert "does not fit" in hand_in(world, found, offered("costs.xlsx", xlsx())).refused[0]
    monkeypatch.setattr(evidence, "MOST_FILES_OF_A_RETURN", 1)
    assert "does not fit" in hand_in(world, found, offered("p.png", png())).refused[0]
    assert len(on_disk(settings)) == EvidenceFile.objects.count() == 1


@pytest.mark.parametrize("who", ["stranger", "certifier", "officer", "board_member", "administrator"])
def test_only_who_prepares_the_return_hands_in_and_takes_out(
    world: World, found: QuarterlyReturn, settings: Any, who: str
) -> None:
    kept = hand_in(world, found).kept[0]
    person = getattr(world, who)
    with pytest.raises(UnableToMoveReturn):
        evidence.add(
            quarterly_return=found, budget_line=None, offered=[offered("a.png", png())], by=person, at=NOW
        )
    with pytest.raises(UnableToMoveReturn):
        evidence.remove(evidence=kept, by=person, at=NOW)
    assert len(on_disk(settings)) == 1


def test_a_line_of_another_plan_is_refused(world: World, found: QuarterlyReturn, settings: Any) -> None:
    foreign = BudgetLine.objects.of(world.south, 2026)[0]
    with pytest.raises(entries.UnableToSave, match="plan has changed"):
        hand_in(world, found, line=foreign)
    assert on_disk(settings) == []
    assert not EvidenceFile.objects.exists()


def test_a_sent_return_takes_nothing_and_gives_nothing(
    world: World, found: QuarterlyReturn, settings: Any
) -> None:
    kept = hand_in(world, found).kept[0]
    sent = world.send(found, by=world.lead)
    with pytest.raises(UnableToMoveReturn, match="with its certifier"):
        hand_in(world, sent, offered("a.png", png()))
    with pytest.raises(UnableToMoveReturn):
        evidence.remove(evidence=EvidenceFile.objects.get(pk=kept.pk), by=world.lead, at=NOW)
    assert len(on_disk(settings)) == 1


def test_a_file_that_was_sent_stays(world: World, found: QuarterlyReturn) -> None:
    kept = hand_in(world, found).kept[0]
    back = returns.recall(quarterly_return=world.send(found, by=world.lead), by=world.lead, at=NOW)
    later = hand_in(world, back, offered("later.png", png())).kept[0]

    with pytest.raises(entries.UnableToSave, match="sent with version 1"):
        evidence.remove(evidence=EvidenceFile.objects.get(pk=kept.pk), by=world.lead, at=NOW)
    evidence.remove(evidence=EvidenceFile.objects.get(pk=later.pk), by=world.lead, at=NOW)

    assert [line["name"] for line in content_of(world.return_of(world.north))["evidence"]] == ["invoice.pdf"]


def test_taking_out_is_a_save_and_takes_the_file_off_the_disk(
    world: World, found: QuarterlyReturn, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    kept = hand_in(world, found).kept[0]
    with django_capture_on_commit_callbacks(execute=True):
        evidence.remove(evidence=kept, by=world.lead, at=NOW)
    found.refresh_from_db()
    kept.refresh_from_db()
    assert (found.revision, kept.state, on_disk(settings)) == (2, EvidenceState.REMOVED, [])
    with pytest.raises(entries.UnableToSave, match="already been taken out"):
        evidence.remove(evidence=kept, by=world.lead, at=NOW)
    assert hand_in(world, found).refused == []  # and it may come again


@pytest.mark.django_db(transaction=True)
def test_the_same_file_sent_ten_times_at_once_is_kept_once(world: World, settings: Any) -> None:
    world.open()
    found = world.return_of(world.north)
    answers: list[evidence.HandedIn] = []

    def send() -> None:
        try:
            answers.append(hand_in(world, QuarterlyReturn.objects.in_full().get(pk=found.pk)))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(10)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(answers) == 10
    assert (
        sum(len(one.kept) for one in answers) == EvidenceFile.objects.count() == len(on_disk(settings)) == 1
    )


FULL = """
import resource, signal, django
django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile
from funding.actions import evidence
from tests.funding.evidence_samples import chunk, png

big = png(*[chunk(b"tEXt", b"Comment\\0" + b"words" * 200) for _ in range(20)])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
stored = []
for sentence in evidence._store([SimpleUploadedFile("big.png", big), SimpleUploadedFile("small.png", png())], stored):
    print(sentence)
print(len(stored))
"""


def test_a_disk_without_room_is_a_sentence_and_leaves_nothing_half(settings: Any) -> None:
    """A process whose files may not grow, as on a full disk: the write fails half way."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "vru_portal.settings"}
    ended = subprocess.run(
        [sys.executable, "-c", FULL],
        cwd=configured.BASE_DIR,
        env=environment,
        check=True,
        timeout=60,
        stdout=subprocess.PIPE,
        text=True,
    )
    sentence, count = ended.stdout.splitlines()
    assert sentence.startswith("“big.png” cannot be stored: the disk of the portal does not take it")
    assert count == "1"
    assert [path.stat().st_size for path in on_disk(settings)] == [len(png())]
