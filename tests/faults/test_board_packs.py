"""Making a pack twice at once, or dying in the middle of it: one pack, whole, and nothing half."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as configured

from funding import files
from funding.board import packs
from funding.board.pack import make_due
from funding.models import BoardPack, BoardSnapshot
from tests.faults.test_concurrency import at_once
from tests.funding.board.kept import close, make, with_returns
from tests.worker import database_url
from tests.world import NOW, World

KILLED = """
import os, signal, django
django.setup()
from django.db.models.signals import post_init
from django.utils import timezone
from funding.board.pack import make_due
from funding.models import BoardPack

def die(sender, **options):
    os.kill(os.getpid(), signal.SIGKILL)

post_init.connect(die, sender=BoardPack)  # both files are written, their row is about to be
make_due(clock=timezone.now)
"""


@pytest.mark.django_db(transaction=True)
def test_killed_between_files_and_row_and_then_made_by_two_at_once(world: World, settings: Any) -> None:
    with_returns(world)
    close(world)
    world.roll_up()
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "vru_portal.settings",
    }
    ended = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=configured.BASE_DIR, env=environment, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert not BoardPack.objects.exists()
    left = {path.name for path in files.path_of("x").parent.iterdir()}
    assert {name.rpartition(".")[2] for name in left} == {"pdf", "xlsx"}

    made = at_once(lambda _: make_due(clock=lambda: NOW), 2)

    assert 1 in made
    pack = BoardPack.objects.get()
    # Who came second took its own files away again; the orphans of the dead one are for the sweep.
    there = {path.name for path in files.path_of("x").parent.iterdir()} - left
    assert there == {pack.pdf_as, pack.workbook_as}
    assert all(packs.content(pack, kind) for kind in packs.CONTENT_TYPES)
    assert BoardSnapshot.objects.count() == 1
    assert make() == pack
