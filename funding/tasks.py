"""Background jobs: each makes one call and leaves one log line. Safe to run twice, late or at once."""

import logging

from celery import shared_task
from django.utils import timezone

from authorities.models import Partnership
from funding import jobs
from funding.actions import board_packs, mail, reminders, rollups, stored_files, watching
from funding.actions.evidence_scans import scan_waiting
from funding.board import pack

logger = logging.getLogger(__name__)


@shared_task(name="funding.roll_up")
def roll_up() -> None:
    """Serves every mark that there is: the hint of a page and the sweep are the same job."""
    logger.info("Rolled up %s quarters.", rollups.roll_up(clock=timezone.now))
    if kept := board_packs.take_all(clock=timezone.now):
        logger.info("Kept %s records of boards.", kept)


@shared_task(name="funding.recompute")
def recompute() -> None:
    """The nightly comparison of every figure with its recompute."""
    for partnership in Partnership.objects.all():
        run = rollups.recompute(partnership=partnership, clock=timezone.now)
        level = logging.ERROR if run.differences else logging.INFO
        logger.log(
            level, "Recomputed %s: %s differences. %s", partnership, len(run.differences), run.differences
        )


@shared_task(name="funding.make_packs")
def make_packs() -> None:
    """The packs of closed rounds whose figures have settled: the hint of a closing and the sweep alike."""
    if made := pack.make_due(clock=timezone.now):
        logger.info("Made %s board packs.", made)


@shared_task(name="funding.remind")
def remind() -> None:
    """The reminders of the day, each once."""
    logger.info("Wrote %s reminders.", reminders.remind(at=timezone.now()))


@shared_task(name="funding.deliver")
def deliver() -> None:
    """The e-mails that wait, each at most once."""
    logger.info("Sent %s e-mails.", mail.deliver(clock=timezone.now))


@shared_task(name="funding.watch")
def watch() -> None:
    """Looks for jobs that are stuck, and tells of each once."""
    logger.info("Wrote %s notices of stuck jobs.", watching.watch(at=timezone.now()))


@shared_task(name="funding.read_workbooks")
def read_workbooks() -> None:
    """Every workbook that waits to be read: the hint after an upload and the sweep are the same job."""
    logger.info("Read %s workbooks.", jobs.read_workbooks(clock=timezone.now))


@shared_task(name="funding.scan_evidence")
def scan_evidence() -> None:
    """Evidence that the virus scanner has not judged yet: the hint after an upload and the sweep alike."""
    done = scan_waiting(clock=timezone.now)
    if done.clean or done.infected or done.failed:
        logger.info(
            "Scanned evidence: %s clean, %s infected, %s failed.", done.clean, done.infected, done.failed
        )


@shared_task(name="funding.sweep_files")
def sweep_files() -> None:
    """The nightly sweep of private files that no row names any more."""
    swept = stored_files.sweep(at=timezone.now())
    logger.info("Swept files: %s orphans, %s taken out or refused.", swept.orphans, swept.taken_out)
