"""The sweep takes what no row names, and nothing else; what is killed between file and row leaves only that."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile

from funding import files
from funding.actions import evidence, returns
from funding.actions.stored_files import Swept, sweep
from funding.models import EvidenceFile, EvidenceState, WorkbookUpload
from tests.funding.evidence_samples import PDF, png
from tests.worker import database_url
from tests.world import NOW, World

OLD = NOW - timedelta(hours=25)


def age(settings: Any) -> None:
    for path in Path(settings.FILES_ROOT).iterdir():
        os.utime(path, (OLD.timestamp(), OLD.timestamp()))


def on_disk(settings: Any) -> set[str]:
    root = Path(settings.FILES_ROOT)
    return {path.name for path in root.iterdir()} if root.is_dir() else set()


def hand_in(world: World, name: str = "invoice.pdf", content: bytes = PDF) -> EvidenceFile:
    found = world.return_of(world.north)
    offered = [SimpleUploadedFile(name, content)]
    return evidence.add(
        quarterly_return=found, budget_line=None, offered=offered, by=world.lead, at=NOW
    ).kept[0]


def test_without_a_folder_there_is_nothing_to_sweep(db: None) -> None:
    assert sweep(at=NOW) == Swept(0, 0)


def test_an_orphan_goes_after_a_day_and_a_named_file_stays(world: World, settings: Any) -> None:
    world.open()
    kept = hand_in(world).stored_as
    found = world.return_of(world.north)
    workbook, marked = (files.keep([b"x"], extension="xlsx").stored_as for _ in range(2))
    WorkbookUpload.objects.create(
        quarterly_return=found, name="a.xlsx", stored_as=workbook, marked_as=marked, size=1, digest="0" * 64,
        revision=0, uploaded_by=world.lead, uploaded_at=NOW,
    )  # fmt: skip
    orphan = files.keep([b"y"], extension="pdf").stored_as
    age(settings)
    young = files.keep([b"z"], extension="pdf").stored_as
    os.utime(files.path_of(young), (NOW.timestamp(), NOW.timestamp()))

    assert sweep(at=NOW) == Swept(orphans=1, taken_out=0)

    assert on_disk(settings) == {kept, workbook, marked, young}
    assert orphan not in on_disk(settings)
    assert sweep(at=NOW) == Swept(0, 0)


def test_what_was_taken_out_or_refused_leaves_the_disk(world: World, settings: Any) -> None:
    """The request may die between the row and the file."""
    world.open()
    out, bad = hand_in(world), hand_in(world, "p.png", png())
    EvidenceFile.objects.filter(pk=out.pk).update(state=EvidenceState.REMOVED)
    EvidenceFile.objects.filter(pk=bad.pk).update(state=EvidenceState.REFUSED)
    assert sweep(at=NOW) == Swept(orphans=0, taken_out=2)
    assert on_disk(settings) == set()


def test_a_file_that_a_version_names_stays_unless_it_is_infected(world: World, settings: Any) -> None:
    world.open()
    signed, bad = hand_in(world), hand_in(world, "p.png", png())
    returns.recall(
        quarterly_return=world.send(world.return_of(world.north), by=world.lead), by=world.lead, at=NOW
    )
    EvidenceFile.objects.filter(pk=signed.pk).update(state=EvidenceState.REMOVED)
    EvidenceFile.objects.filter(pk=bad.pk).update(state=EvidenceState.REFUSED)
    age(settings)
    assert sweep(at=NOW) == Swept(orphans=0, taken_out=1)
    assert on_disk(settings) == {signed.stored_as}


KILLED = """
import os, signal, django
django.setup()
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from authorities.models import User
from funding.actions import evidence
from funding.models import EvidenceFile, QuarterlyReturn
from django.db.models.signals import post_init
from tests.funding.evidence_samples import PDF

def die(sender, **options):
    os.kill(os.getpid(), signal.SIGKILL)

post_init.connect(die, sender=EvidenceFile)  # the file is written, its row is about to be
evidence.add(quarterly_return=QuarterlyReturn.objects.in_full().get(pk={pk}), budget_line=None,
             offered=[SimpleUploadedFile("a.pdf", PDF)], by=User.objects.get(pk={user}), at=timezone.now())
"""


@pytest.mark.django_db(transaction=True)
def test_killed_between_file_and_row_leaves_only_an_orphan(world: World, settings: Any) -> None:
    world.open()
    found = world.return_of(world.north)
    program = KILLED.format(pk=found.pk, user=world.lead.pk)
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "vru_portal.settings",
    }

    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=configured.BASE_DIR, env=environment, check=False
    )

    assert ended.returncode == -signal.SIGKILL
    assert len(on_disk(settings)) == 1
    assert not EvidenceFile.objects.exists()
    found.refresh_from_db()
    assert found.revision == 0
    age(settings)
    assert sweep(at=NOW) == Swept(orphans=1, taken_out=0)
    assert on_disk(settings) == set()
