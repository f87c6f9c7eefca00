"""The pack of a closed round: frozen once, the same for ever, and the same as the page it was made of."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
from decimal import Decimal
from pathlib import Path
from shutil import which
from zipfile import ZipFile

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from funding import files
from funding.actions import board_packs, stored_files
from funding.board import moments, packs
from funding.board.charts import page
from funding.board.charts.table import NOT_RETURNED, Nil
from funding.board.pack import paper, workbook
from funding.board.pack.imprint import Imprint
from funding.models import BoardPack, BoardSnapshot, CostHeading, RollUpMark
from funding.papers import pdf
from tests.conftest import sign_in
from tests.funding.board.kept import LATER, close, correct, keep, make, with_returns
from tests.remembered import remembered
from tests.world import NOW, Q1, World, build_world

NAUGHTY = '=HYPERLINK("http://x.example","Pay")'


@remembered
def build_returned() -> World:
    world = build_world()
    CostHeading.objects.filter(pk=world.services.pk).update(name=NAUGHTY)
    return with_returns(world)


@pytest.fixture
def returned(db: None) -> World:
    return build_returned()


@pytest.fixture
def pack(returned: World) -> BoardPack:
    close(returned)
    returned.roll_up()
    made = make()
    assert made is not None
    return made


def test_a_pack_waits_for_the_round_and_for_its_marks(returned: World) -> None:
    assert make() is None
    close(returned)
    RollUpMark.objects.create(organisation=returned.north, year=2026, quarter_number=1, marked_at=NOW)
    assert make() is None
    text = packs_page(returned)
    assert "Being made" in text
    assert "to be rolled up first" in text
    returned.roll_up()

    made = make()

    assert made is not None
    assert made.round.quarter == Q1
    assert made.snapshot == BoardSnapshot.objects.latest("pk")


def test_nothing_that_comes_later_changes_a_byte(returned: World, pack: BoardPack) -> None:
    frozen = {kind: packs.content(pack, kind) for kind in packs.CONTENT_TYPES}
    correct(returned)
    keep(LATER)

    assert board_packs.due() == []
    again = make(LATER)

    assert again == pack
    assert again.pdf_as == pack.pdf_as
    assert {kind: packs.content(again, kind) for kind in packs.CONTENT_TYPES} == frozen
    assert hashlib.sha256(frozen["pdf"] or b"").hexdigest() == pack.pdf_digest
    # What today's figures would give is another file: the comparison above can fail.
    now = BoardSnapshot.objects.latest("pk")
    assert now.digest != pack.snapshot.digest
    assert workbook_of(now) != frozen["xlsx"]
    assert workbook_of(pack.snapshot) == frozen["xlsx"]


def test_the_page_as_presented_equals_the_workbook_and_the_day_does_too(
    returned: World, pack: BoardPack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: LATER)
    correct(returned)
    keep(LATER)
    presented = page.build(moments.of_pack(pack, {}).facts)
    that_day = moments.at_the_end_of(timezone.localtime(NOW).date(), returned.partnership, {})
    assert that_day is not None
    assert page.build(that_day.facts) == presented

    book = load_workbook(io.BytesIO(packs.content(pack, "xlsx") or b""))

    shown = workbook.shown_charts(presented)
    assert book.sheetnames == ["Summary", *(chart.slug.capitalize() for chart in shown)]
    for chart in shown:
        cells = book[chart.slug.capitalize()].iter_rows(min_row=workbook.HEAD + 2, values_only=True)
        for row, written in zip(chart.table.rows, cells, strict=False):
            assert [plain(cell) for cell in row] == [as_written(cell) for cell in written[: len(row)]]
    client = sign_in(returned.board_member)
    text = client.get(reverse("board"), {"pack": pack.pk}).content.decode()
    assert "As presented: the board pack for Quarter 1" in text
    assert presented.headline.replace("'", "&#39;") in text


def plain(cell: object) -> object:
    if isinstance(cell, Nil):
        return Decimal("0.00")
    if isinstance(cell, Decimal | int):
        return Decimal(cell).quantize(Decimal("0.01"))
    return NOT_RETURNED if cell is None else str(cell)


def as_written(cell: object) -> object:
    return cell if isinstance(cell, str) else Decimal(str(cell)).quantize(Decimal("0.01"))


def test_numbers_are_numbers_and_no_text_is_a_formula(pack: BoardPack) -> None:
    content = packs.content(pack, "xlsx") or b""
    book = load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]

    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert sum(cell.data_type == "n" for cell in cells) > 40
    assert not [
        cell
        for cell in cells
        if cell.data_type == "s"
        and str(cell.value).startswith("£")
        and cell.row > 4
        and cell.parent.title != "Summary"
    ]
    sheets = [
        name for name in ZipFile(io.BytesIO(content)).namelist() if name.startswith("xl/worksheets/sheet")
    ]
    assert not [name for name in sheets if b"<f>" in ZipFile(io.BytesIO(content)).read(name)]
    # The heading is there, as a text.
    assert NAUGHTY in {cell.value for cell in cells}


def test_the_same_figures_give_the_same_bytes(pack: BoardPack) -> None:
    facts = moments.whole(pack.snapshot, timezone.localtime(NOW).date())
    shown = page.build(facts)

    assert pdf(paper.of(shown, imprint_of(pack.snapshot))) == packs.content(pack, "pdf")
    assert workbook.write(shown, imprint_of(pack.snapshot)) == packs.content(pack, "xlsx")


@pytest.mark.skipif(not which("pdftotext"), reason="pdftotext is not installed")
def test_the_pdf_says_what_the_page_says(pack: BoardPack, tmp_path: Path) -> None:
    path = tmp_path / "pack.pdf"
    path.write_bytes(packs.content(pack, "pdf") or b"")
    found = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    text = " ".join(found.stdout.decode().split())
    shown = page.build(moments.of_pack(pack, {}).facts)

    assert shown.headline in text
    for section in shown.sections:
        assert section.question in text
        assert all(chart.title in text for chart in section.charts)
    assert "£9,000.10" in text or "£18,000.20" in text
    assert pack.snapshot.digest in text
    raw = path.read_bytes()
    assert b"/StructTreeRoot" in raw
    assert b"en-GB" in raw


def test_freezing_twice_keeps_the_first(returned: World) -> None:
    opened = close(returned)
    returned.roll_up()
    keep()
    snapshot = BoardSnapshot.objects.latest("pk")
    first = board_packs.freeze(opened=opened, snapshot=snapshot, pdf=b"1", workbook=b"1", at=NOW)

    second = board_packs.freeze(opened=opened, snapshot=snapshot, pdf=b"2", workbook=b"2", at=LATER)

    assert second == first
    assert {path.name for path in files.path_of("x").parent.iterdir()} == {first.pdf_as, first.workbook_as}


def test_what_was_killed_between_file_and_row_is_made_again(returned: World) -> None:
    close(returned)
    returned.roll_up()
    files.keep([b"half a pack"], extension="pdf")

    made = make()

    assert made is not None
    assert BoardPack.objects.count() == 1


def test_the_sweep_leaves_packs_where_they_are(pack: BoardPack) -> None:
    for path in files.path_of("x").parent.iterdir():
        os.utime(path, (0, 0))

    assert stored_files.sweep(at=NOW).orphans == 0
    assert packs.content(pack, "pdf")


def test_the_list_and_the_downloads(returned: World, pack: BoardPack) -> None:
    text = packs_page(returned)
    assert pack.pdf_digest in text
    assert f"Roll-up run {pack.snapshot.run_id}" in text
    for who in ("board_member", "officer", "approver", "auditor"):
        client = sign_in(getattr(returned, who))
        for name, kind in (("board_pack_pdf", "pdf"), ("board_pack_xlsx", "xlsx")):
            answer = client.get(reverse(name, args=[pack.pk]))
            assert answer.status_code == 200
            assert answer.content == packs.content(pack, kind)
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert answer["Content-Disposition"] == f'attachment; filename="board-pack-2026-27-Q1.{kind}"'
    for who in ("lead", "certifier", "police_lead", "administrator"):
        assert (
            sign_in(getattr(returned, who)).get(reverse("board_pack_pdf", args=[pack.pk])).status_code == 404
        )
    for number in ("x", "0", "9" * 30, "-1", "٣"):
        asked = sign_in(returned.board_member).get(reverse("board"), {"pack": number})
        assert asked.status_code == 404


def test_a_file_that_was_altered_or_lost_is_not_handed_out(returned: World, pack: BoardPack) -> None:
    client = sign_in(returned.board_member)
    files.path_of(pack.pdf_as).write_bytes(b"%PDF forged")
    files.remove(pack.workbook_as)

    for name in ("board_pack_pdf", "board_pack_xlsx"):
        answer = client.get(reverse(name, args=[pack.pk]), follow=True)
        assert "is not on the disk of the portal as it was frozen" in answer.content.decode()


def test_before_a_round_is_closed_the_page_says_so(returned: World) -> None:
    assert "There is no pack yet." in packs_page(returned)


def packs_page(world: World) -> str:
    answer = sign_in(world.board_member).get(reverse("board_packs"))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def imprint_of(snapshot: BoardSnapshot) -> Imprint:
    return Imprint("Test Partnership", str(Q1), snapshot.run_id, snapshot.run.done_at, NOW, snapshot.digest)


def workbook_of(snapshot: BoardSnapshot) -> bytes:
    facts = moments.whole(snapshot, timezone.localtime(NOW).date())
    return workbook.write(page.build(facts), imprint_of(snapshot))
