"""The workbook of a pack, and of one table, opened and saved again by LibreOffice: the same numbers, no formula."""

from __future__ import annotations

import io
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from funding.board import packs
from tests.conftest import sign_in
from tests.funding.board.kept import close, make
from tests.funding.board.test_packs import NAUGHTY, build_returned

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed"),
]
Cells = dict[tuple[str, str], object]


def saved_again(folder: Path, books: dict[str, bytes]) -> dict[str, bytes]:
    """Each workbook as LibreOffice writes what it has read."""
    target = folder / "saved"
    for name, content in books.items():
        (folder / f"{name}.xlsx").write_bytes(content)
    profile = (folder / "profile").as_uri()
    command = ["soffice", "--headless", "--norestore", f"-env:UserInstallation={profile}"]
    sources = [str(folder / f"{name}.xlsx") for name in books]
    subprocess.run(
        [*command, "--convert-to", "xlsx", "--outdir", str(target), *sources],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return {name: (target / f"{name}.xlsx").read_bytes() for name in books}


def cells(content: bytes) -> Cells:
    """What stands in each cell: a number to the penny, or a text. A formula is neither."""
    found: Cells = {}
    for sheet in load_workbook(io.BytesIO(content)):
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value not in (None, "")):
            assert cell.data_type in ("s", "n"), (sheet.title, cell.coordinate, cell.value)
            is_number = cell.data_type == "n"
            value = Decimal(str(cell.value)).quantize(Decimal("0.01")) if is_number else cell.value
            found[sheet.title, cell.coordinate] = value
    return found


def test_libreoffice_reads_the_numbers_as_numbers_and_nothing_as_a_formula(tmp_path: Path) -> None:
    world = build_returned()
    close(world)
    world.roll_up()
    pack = make()
    assert pack is not None
    client = sign_in(world.board_member)
    books = {
        "pack": packs.content(pack, "xlsx") or b"",
        "headings": client.get(reverse("board_xlsx", args=["headings"])).content,
    }

    again = saved_again(tmp_path, books)

    for name, content in books.items():
        written, read = cells(content), cells(again[name])
        assert read == written, name
        assert NAUGHTY in read.values()
        assert sum(isinstance(value, Decimal) for value in read.values()) >= 4
