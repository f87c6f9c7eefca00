"""A workbook from the file to the return: kept, read, compared, confirmed once, and never half."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from authorities.models import User
from funding import files, jobs
from funding.actions import entries, readings, returns, uploads
from funding.actions.errors import UnableTo
from funding.models import (
    ActivityLine,
    ConfirmedPrompt,
    ForecastLine,
    PatrolLine,
    QuarterlyReturn,
    ReturnStatus,
    SpendLine,
    UploadState,
    VarianceReason,
    WorkbookUpload,
)
from funding.workbook.findings import Change, Findings
from tests.funding.workbook.sheets import (
    ACTIVITY,
    KNIFE,
    MENTORING,
    PATROLS,
    PROGRESS,
    SPEND,
    content,
    enter,
    spent,
    template_of,
)
from tests.world import NOW, World

S = UploadState


@pytest.fixture
def found(open_world: World) -> QuarterlyReturn:
    return open_world.return_of(open_world.north)


def receive(
    found: QuarterlyReturn, by: User, data: bytes | Workbook, name: str = "return.xlsx"
) -> WorkbookUpload:
    data = data if isinstance(data, bytes) else content(data)
    return uploads.receive(
        quarterly_return=found,
        name=name,
        extension=name.rpartition(".")[2],
        chunks=[data],
        size=len(data),
        by=by,
        at=NOW,
    )


def read_again(upload: WorkbookUpload) -> WorkbookUpload:
    jobs.read_workbooks(clock=lambda: NOW)
    upload.refresh_from_db()
    return upload


def confirm(upload: WorkbookUpload, by: User, *, clean: bool = False) -> WorkbookUpload:
    findings = Findings.from_json(upload.result)
    chosen: list[Change] = findings.clean if clean else findings.changes
    return uploads.confirm(
        upload=upload,
        changes=[{"part": c.part, "key": c.key, "field": c.field, "value": c.value} for c in chosen],
        prompts=[
            {"code": one.code, "subject": one.subject, "fingerprint": one.fingerprint, "words": one.sentence}
            for one in findings.to_confirm(clean_only=clean)
        ],
        plan=findings.plan,
        by=by,
        at=NOW,
    )


def kept() -> list[str]:
    root = Path(files.storage().location)
    return sorted(path.name for path in root.iterdir()) if root.exists() else []


def actuals(found: QuarterlyReturn) -> dict[str, Decimal | None]:
    return {str(line.budget_line): line.actual for line in SpendLine.objects.filter(quarterly_return=found)}


def test_nothing_is_saved_before_it_is_confirmed(world: World, found: QuarterlyReturn) -> None:
    upload = read_again(receive(found, world.lead, spent(found, 9500, 4800.01)))
    assert upload.state == S.READ
    assert actuals(found) == {}

    assert confirm(upload, world.lead).state == S.SAVED

    found.refresh_from_db()
    assert actuals(found) == {
        "Mentoring: Staffing": Decimal("9500.00"),
        "Knife crime sessions: Interventions": Decimal("4800.01"),
    }
    assert ForecastLine.objects.get(amount=Decimal("5000.01")).quarter_number == 4
    assert (found.revision, found.status) == (1, ReturnStatus.DRAFT)
    event = found.events.get()
    assert (event.verb, event.by, event.reason) == ("save", world.lead, "From the workbook “return.xlsx”.")


def test_every_sheet_is_saved_in_one_save(world: World, found: QuarterlyReturn) -> None:
    book = spent(found, 9500, 4800)
    counts = ("Young people reached, universal", "Young people supported, targeted", "Sessions")
    enter(book, ACTIVITY, {(row, name): 7 for row in (5, 6) for name in counts})
    enter(book, PROGRESS, {(row, "Your answer"): "Well." for row in (5, 6, 7, 9, 11)})
    enter(book, PROGRESS, {(8, "Your answer"): "Green", (10, "Your answer"): "Amber"})
    enter(book, SPEND, {
        (MENTORING, "Reason for a variance"): "A post was vacant",
        (MENTORING, "Reason in words"): "Since May.",
        (MENTORING, "Recovers by"): "31/12/2026",
    })  # fmt: skip
    confirm(read_again(receive(found, world.lead, book)), world.lead)

    found.refresh_from_db()
    assert ActivityLine.objects.filter(quarterly_return=found, sessions=7).count() == 2
    reason = VarianceReason.objects.get(quarterly_return=found)
    assert (reason.code, reason.words, str(reason.recovers_on)) == ("vacancy", "Since May.", "2026-12-31")
    assert (found.progress, found.spend_rag, found.delivery_rag) == ("Well.", "green", "amber")
    assert (found.revision, found.status) == (1, ReturnStatus.READY)
    assert [event.verb for event in found.events.all()] == ["save", "complete"]


def test_patrols_are_saved(world: World) -> None:
    world.open()
    found = world.return_of(world.police)
    book = template_of(found)
    names = ("Visits", "Arrests", "Stop and searches", "Uses of anti-social behaviour powers")
    enter(book, PATROLS, {(5, "Hours of patrol"): 120.25, **{(5, name): 3 for name in names}})
    confirm(read_again(receive(found, world.police_lead, book)), world.police_lead)
    line = PatrolLine.objects.get(quarterly_return=found)
    assert (line.hours, line.visits, line.asb_powers) == (Decimal("120.25"), 3, 3)


def test_a_line_keeps_what_the_workbook_leaves_alone(world: World, found: QuarterlyReturn) -> None:
    filled = world.fill(found, by=world.lead)
    book = enter(template_of(filled), SPEND, {(MENTORING, "Actual, Q2"): 9999.99, (KNIFE, "Committed"): None})
    upload = read_again(receive(filled, world.lead, book))
    assert [one["field"] for one in upload.result["changes"]] == ["actual"]
    confirm(upload, world.lead)
    line = SpendLine.objects.get(quarterly_return=found, actual=Decimal("9999.99"))
    assert line.committed == Decimal("500.00")
    assert ForecastLine.objects.filter(quarterly_return=found, amount=Decimal("1100.00")).count() == 4
    assert SpendLine.objects.filter(quarterly_return=found).count() == 2


def test_only_the_clean_part_is_saved_when_chosen(world: World, found: QuarterlyReturn) -> None:
    upload = read_again(receive(found, world.lead, spent(found, "about 5", 4800)))
    confirm(upload, world.lead, clean=True)
    assert actuals(found) == {"Knife crime sessions: Interventions": Decimal("4800.00")}


def test_confirming_twice_has_the_effect_of_once(world: World, found: QuarterlyReturn) -> None:
    upload = read_again(receive(found, world.lead, spent(found, 0, 4800)))
    for _ in range(2):
        assert confirm(upload, world.lead).state == S.SAVED
    found.refresh_from_db()
    assert found.revision == 1
    assert ConfirmedPrompt.objects.filter(quarterly_return=found).count() == 1


def test_a_return_that_was_changed_meanwhile_is_compared_again(world: World, found: QuarterlyReturn) -> None:
    upload = read_again(receive(found, world.lead, spent(found, 9500, 4800)))
    entries.save_narrative(
        quarterly_return=found,
        revision=0,
        progress="Mine.",
        problems="",
        next_steps="",
        by=world.lead,
        at=NOW,
    )
    assert confirm(upload, world.lead).state == S.WAITING
    assert actuals(found) == {}

    upload = read_again(upload)
    assert upload.revision == 1
    assert [one["code"] for one in upload.result["remarks"]] == ["old_revision"]
    assert confirm(upload, world.lead).state == S.SAVED
    found.refresh_from_db()
    assert found.progress == "Mine."


def test_a_plan_that_was_changed_meanwhile_is_compared_again(world: World, found: QuarterlyReturn) -> None:
    upload = read_again(receive(found, world.lead, spent(found, 9500, 4800)))
    world.plan(world.north, world.award, "Another", ["0.00"] * 4, by=world.lead)
    assert confirm(upload, world.lead).state == S.WAITING


def test_a_return_that_was_sent_meanwhile_is_left_alone(world: World, found: QuarterlyReturn) -> None:
    upload = read_again(receive(found, world.lead, spent(found, 9500, 4800)))
    returns.send(quarterly_return=world.fill(found, by=world.lead), by=world.lead, at=NOW)
    with pytest.raises(UnableTo, match="is with its certifier"):
        confirm(upload, world.lead)
    assert set(actuals(found).values()) == {Decimal("1000.00")}


# --- receiving, refusing, discarding ---------------------------------------------------------


def test_a_refused_file_is_not_kept_and_its_cause_is(world: World, found: QuarterlyReturn) -> None:
    upload = receive(found, world.lead, b"\x00\x01 no workbook", "return.xlsx")
    assert kept() == [upload.stored_as]
    upload = read_again(upload)
    assert upload.state == S.REFUSED
    assert upload.result["cause"]
    assert kept() == []


@pytest.mark.parametrize(
    ("data", "size", "sentence"),
    [(b"", 0, "file is empty"), (b"x", 10 * 1024 * 1024 + 1, "larger than 10 megabytes")],
)
def test_an_empty_and_an_enormous_file_are_not_taken(
    world: World, found: QuarterlyReturn, data: bytes, size: int, sentence: str
) -> None:
    with pytest.raises(UnableTo, match=sentence):
        uploads.receive(
            quarterly_return=found,
            name="x.xlsx",
            extension="xlsx",
            chunks=[data],
            size=size,
            by=world.lead,
            at=NOW,
        )
    assert kept() == []
    assert not WorkbookUpload.objects.exists()


def test_nobody_else_uploads_into_a_return(world: World, found: QuarterlyReturn) -> None:
    for by in (world.stranger, world.officer, world.certifier):
        with pytest.raises(UnableTo, match="does not let you"):
            receive(found, by, b"x")
    assert kept() == []


def test_a_shut_return_takes_no_workbook(world: World, found: QuarterlyReturn) -> None:
    sent = world.send(found, by=world.lead)
    with pytest.raises(UnableTo, match="is with its certifier"):
        receive(sent, world.lead, b"x")
    assert kept() == []


def test_a_discarded_file_is_taken_away(
    world: World, found: QuarterlyReturn, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    upload = read_again(receive(found, world.lead, spent(found, "x", 4800)))
    assert len(kept()) == 2  # with its marked-up copy
    with django_capture_on_commit_callbacks(execute=True):
        uploads.discard(upload=upload, by=world.lead, at=NOW)
    assert kept() == []
    with pytest.raises(UnableTo, match="discarded"):
        confirm(upload, world.lead)


# --- the worker's side ------------------------------------------------------------------------


def test_a_silent_reading_is_taken_over_and_the_late_reader_writes_nothing(
    world: World, found: QuarterlyReturn
) -> None:
    receive(found, world.lead, spent(found))
    first = readings.claim(at=NOW)
    assert first
    assert readings.claim(at=NOW) is None

    later = NOW + readings.SILENCE + timedelta(seconds=1)
    second = readings.claim(at=later)
    assert second
    assert (second.pk, second.attempts) == (first.pk, 2)

    assert not readings.beat(upload=first, step="Late", done=1, total=2, at=later)
    assert not readings.refuse(upload=first, sentence="Late", at=later)
    assert not readings.finish(upload=first, revision=0, result={}, marked_as="", at=later)
    assert kept() == [first.stored_as]
    assert readings.finish(upload=second, revision=0, result={}, marked_as="", at=later)


def test_three_readers_that_fell_silent_leave_the_file_stuck_until_a_person_retries(
    world: World, found: QuarterlyReturn
) -> None:
    upload = receive(found, world.lead, spent(found, 9500, 4800))
    at = NOW
    for _ in range(readings.MOST_ATTEMPTS):
        assert readings.claim(at=at)
        at += readings.SILENCE + timedelta(seconds=1)
    assert readings.claim(at=at) is None
    upload.refresh_from_db()
    assert upload.state == S.STUCK

    uploads.retry(upload=upload, by=world.lead, at=at)
    assert read_again(upload).state == S.READ


def test_a_stuck_file_does_not_hold_up_the_next(world: World, found: QuarterlyReturn) -> None:
    first = receive(found, world.lead, spent(found))
    WorkbookUpload.objects.filter(pk=first.pk).update(attempts=readings.MOST_ATTEMPTS)
    second = receive(found, world.lead, spent(found, 9500, 4800))
    assert read_again(second).state == S.READ


def test_a_file_that_is_gone_is_refused(world: World, found: QuarterlyReturn) -> None:
    upload = receive(found, world.lead, spent(found))
    files.remove(upload.stored_as)
    assert "no longer has this file" in read_again(upload).result["cause"]
