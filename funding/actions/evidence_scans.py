"""What the virus scan says of evidence. Safe to run twice, late or at once: an answer is written once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from funding import files, scanning
from funding.actions.announcements import announce
from funding.models import EvidenceFile, EvidenceState, ReturnEvent

logger = logging.getLogger(__name__)
# One pass ends well within a job's time, and does not wait again and again for a scanner that hangs.
MOST_OF_A_PASS = 50
FAILURES_OF_A_PASS = 2


@dataclass
class Pass:
    """What one pass of the scan did."""

    clean: int = 0
    infected: int = 0
    failed: int = 0


def scan_waiting(*, clock: Callable[[], datetime]) -> Pass:
    """Asks the scanner about each file that it has not judged. Without a scanner, and without an answer, a
    file stays as it is."""
    done = Pass()
    if not scanning.is_set_up():
        return done
    # In any order: a file that the scanner cannot answer for must not keep others from being scanned.
    for evidence in EvidenceFile.objects.to_scan().order_by("?")[:MOST_OF_A_PASS]:
        try:
            with files.path_of(evidence.stored_as).open("rb") as content:
                verdict = scanning.scan(content)
        except FileNotFoundError:
            logger.error("The file of evidence %s is not on the disk.", evidence.pk)
            continue
        except scanning.UnableToScan as problem:
            logger.warning("Evidence %s was not scanned; the sweep tries again. %s", evidence.pk, problem)
            done.failed += 1
            if done.failed >= FAILURES_OF_A_PASS:
                break
            continue
        record(evidence=evidence, verdict=verdict, at=clock())
        done.clean += verdict.is_clean
        done.infected += not verdict.is_clean
    return done


@transaction.atomic
def record(*, evidence: EvidenceFile, verdict: scanning.Verdict, at: datetime) -> None:
    """Writes the answer down. An infected file leaves the disk, and the history of the return says so."""
    state = EvidenceState.CLEAN if verdict.is_clean else EvidenceState.REFUSED
    text = f"The scanner found {verdict.virus}."[:200] if verdict.virus else ""
    changed = EvidenceFile.objects.to_scan().filter(pk=evidence.pk)
    if not changed.update(state=state, verdict=text, scanned_at=at) or verdict.is_clean:
        return
    found = evidence.quarterly_return
    reason = f"“{evidence.name}”. {text} The file was removed."
    ReturnEvent.objects.create(
        quarterly_return=found,
        verb="refuse_file",
        from_status=found.status,
        to_status=found.status,
        by=evidence.added_by,
        at=at,
        reason=reason,
    )
    announce(found, verb="refuse_file", by=evidence.added_by, at=at, reason=reason)
    transaction.on_commit(lambda: files.remove(evidence.stored_as))
    logger.warning("Evidence %s of return %s was infected and is removed.", evidence.pk, found.pk)
