"""What the virus scan says of evidence. Safe to run twice, late or at once: an answer is written once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from authorities.roles import Permission
from funding import files, scanning
from funding.actions import notices
from funding.models import EvidenceFile, EvidenceState, NoticeKind, ReturnEvent
from funding.quarters import london_day

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
    _tell(evidence, text, at)
    transaction.on_commit(lambda: files.remove(evidence.stored_as))
    logger.warning("Evidence %s of return %s was infected and is removed.", evidence.pk, found.pk)


def _tell(evidence: EvidenceFile, verdict: str, at: datetime) -> None:
    """Everybody who prepares the return hears of it, and the person who handed the file in most of all."""
    found = evidence.quarterly_return
    organisation = found.organisation
    among = notices.members(organisation.partnership, on=london_day(at))
    notices.write(
        notices.Message(
            kind=NoticeKind.INFECTED,
            key=f"evidence:{evidence.pk}",
            subject=f"{organisation.short_name}, {found.quarter.label}: a file has a virus",
            body=f"“{evidence.name}” was removed from the return of {organisation.name} for "
            f"{found.quarter}, to which {evidence.added_by.name} had added it. {verdict} Get a clean copy "
            "from where it came from, and tell your IT service that the file was on one of your computers.",
            path=reverse("return_evidence", args=[found.pk]),
        ),
        to=notices.holders(among, Permission.PREPARE_RETURN, organisation),
        organisation=organisation,
        quarterly_return=found,
        at=at,
    )
