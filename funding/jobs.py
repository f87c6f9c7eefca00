"""Reading uploaded workbooks: between the file and the preview, outside any request.

Safe twice, late and at once: each file belongs to one attempt at a time, and nothing here touches a return.
Killed anywhere, it leaves a row whose silence tells the next sweep to begin again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime

from funding import files
from funding.actions import readings
from funding.models import ConfirmedPrompt, QuarterlyReturn, WorkbookUpload
from funding.workbook import markup
from funding.workbook.book import Book, RefusedWorkbook
from funding.workbook.contents import form_of
from funding.workbook.findings import Findings
from funding.workbook.interpret import interpret
from funding.workbook.read import read

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]
# Progress is written at most this many times a second.
BEATS = 4
GONE = "The portal no longer has this file. Upload it again."


def read_workbooks(*, clock: Clock) -> int:
    """Reads every upload that waits or was left lying. Returns how many there were."""
    count = 0
    while upload := readings.claim(at=clock()):
        count += 1
        try:
            _read_one(upload, clock)
        except Exception:
            # The row stays as it is; its silence makes the next sweep try again, three times at most.
            logger.exception("Upload %s could not be read.", upload.pk)
    return count


def _read_one(upload: WorkbookUpload, clock: Clock) -> None:
    pulse = Pulse(upload, clock)
    try:
        book = read(files.path_of(upload.stored_as), name=upload.name, report=pulse)
        pulse("Comparing it with the return", 0, 1)
        quarterly_return = QuarterlyReturn.objects.in_full().get(pk=upload.quarterly_return_id)
        findings = _compared(book, quarterly_return)
    except FileNotFoundError:
        readings.refuse(upload=upload, sentence=GONE, at=clock())
        return
    except RefusedWorkbook as refusal:
        readings.refuse(upload=upload, sentence=str(refusal), at=clock())
        return
    marked_as = _marked_up(upload, book, findings, pulse)
    readings.finish(
        upload=upload,
        revision=quarterly_return.revision,
        result=findings.as_json(),
        marked_as=marked_as,
        at=clock(),
    )


def _compared(book: Book, quarterly_return: QuarterlyReturn) -> Findings:
    findings = interpret(book, form_of(quarterly_return))
    known = ConfirmedPrompt.objects.filter(quarterly_return=quarterly_return)
    return findings.confirmed(known.values_list("fingerprint", flat=True))


def _marked_up(upload: WorkbookUpload, book: Book, findings: Findings, pulse: Pulse) -> str:
    """The name of the person's own workbook with its remarks; empty where there is none."""
    if not findings.remarks:
        return ""
    pulse("Marking up your workbook", 0, 1)
    try:
        content = markup.mark(files.path_of(upload.stored_as), book, findings.remarks)
    except markup.UnableToMark as problem:
        logger.warning("Upload %s could not be marked up. %s", upload.pk, problem)
        return ""
    return files.keep([content], extension="xlsx").stored_as


class Pulse:
    """Tells the row how far the reading is, and that somebody still reads."""

    def __init__(self, upload: WorkbookUpload, clock: Clock) -> None:
        self._upload, self._clock = upload, clock
        self._step, self._last = "", time.monotonic()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Every new step at once; within a step a few times a second."""
        now = time.monotonic()
        if step == self._step and (now - self._last) * BEATS < 1:
            return
        self._step, self._last = step, now
        readings.beat(upload=self._upload, step=step, done=done, total=total, at=self._clock())
