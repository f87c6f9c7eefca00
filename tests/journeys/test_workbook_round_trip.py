"""The template, filled in with LibreOffice, comes back to the penny in every format; and so does a marked-up one."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authorities.models import User
from funding import jobs
from funding.models import ActivityLine, ForecastLine, QuarterlyReturn, SpendLine, VarianceReason
from tests.funding.workbook.sheets import ACTIVITY, KNIFE, MENTORING, PROGRESS, SPEND
from tests.world import World

PYTHON = "/usr/bin/python3"
SCRIPT = Path(__file__).with_name("libreoffice.py")
ANSWER = "Your answer"


def _missing() -> str:
    if not shutil.which("soffice"):
        return "LibreOffice is not installed: apt-get install libreoffice-calc-nogui python3-uno"
    if (
        not Path(PYTHON).exists()
        or subprocess.run([PYTHON, "-c", "import uno"], capture_output=True).returncode
    ):
        return "LibreOffice's Python bridge is not installed: apt-get install python3-uno"
    return ""


WHY_NOT = _missing()
pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]

ENTRIES = [
    [SPEND, MENTORING, "Actual, Q2", 9876.54],
    [SPEND, MENTORING, "Committed", 0.01],
    [SPEND, MENTORING, "Forecast, Q3", "£10,000.10"],
    [SPEND, MENTORING, "Forecast, Q4", 0.1],
    [SPEND, MENTORING, "Reason for a variance", "A post was vacant"],
    [SPEND, MENTORING, "Reason in words", "=Vacant since May"],
    [SPEND, MENTORING, "Recovers by", "31/12/2026"],
    [SPEND, KNIFE, "Actual, Q2", "4,999.99"],
    [SPEND, KNIFE, "Forecast, Q4", 123456.78],
    *([ACTIVITY, row, name, number] for row in (5, 6) for name, number in (
        ("Young people reached, universal", 1200), ("Young people supported, targeted", 12), ("Sessions", "1,020"))),
    [PROGRESS, 5, ANSWER, "On course.\nCafé opened – £5 a head."],
    [PROGRESS, 8, ANSWER, "Amber/Green"],
]  # fmt: skip
SignIn = Callable[[User], Client]


def in_libreoffice(
    folder: Path, source: bytes, entries: Sequence[Sequence[Any]], *kinds: str
) -> dict[str, bytes]:
    """The files that LibreOffice saves, by kind."""
    (folder / "source.xlsx").write_bytes(source)
    (folder / "entries.json").write_text(json.dumps(entries))
    targets = {kind: folder / f"filled.{kind}" for kind in kinds}
    command = [
        PYTHON,
        str(SCRIPT),
        str(folder / "source.xlsx"),
        str(folder / "entries.json"),
        *map(str, targets.values()),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return {kind: target.read_bytes() for kind, target in targets.items()}


def upload(client: Client, found: QuarterlyReturn, data: bytes, name: str) -> str:
    answer = client.post(reverse("upload_new", args=[found.pk]), {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.content.decode()
    jobs.read_workbooks(clock=timezone.now)
    return answer["Location"]


def save(client: Client, address: str) -> None:
    page = client.get(address).content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    ticks = {f"warning-{part.split(chr(34))[0]}": "on" for part in page.split('name="warning-')[1:]}
    answer = client.post(address, {"seen": seen, **ticks, "all": "yes"})
    assert answer.status_code == 302, answer.content.decode()


def figures(found: QuarterlyReturn) -> dict[str, Any]:
    """Everything that the workbook says, as the database holds it."""
    spend = {
        str(one.budget_line): (one.actual, one.committed)
        for one in SpendLine.objects.filter(quarterly_return=found)
    }
    ahead = {
        (str(one.budget_line), one.quarter_number): one.amount
        for one in ForecastLine.objects.filter(quarterly_return=found)
    }
    activity = [
        (one.universal_reached, one.targeted_reached, one.sessions)
        for one in ActivityLine.objects.filter(quarterly_return=found)
    ]
    reasons = [
        (one.code, one.words, str(one.recovers_on))
        for one in VarianceReason.objects.filter(quarterly_return=found)
    ]
    found.refresh_from_db()
    return {
        "spend": spend,
        "ahead": ahead,
        "activity": activity,
        "reasons": reasons,
        "words": (found.progress, found.spend_rag),
    }


WANTED = {
    "spend": {
        "Mentoring: Staffing": (Decimal("9876.54"), Decimal("0.01")),
        "Knife crime sessions: Interventions": (Decimal("4999.99"), Decimal("0.00")),
    },
    "ahead": {
        ("Mentoring: Staffing", 3): Decimal("10000.10"),
        ("Mentoring: Staffing", 4): Decimal("0.10"),
        ("Knife crime sessions: Interventions", 3): Decimal("5000.00"),
        ("Knife crime sessions: Interventions", 4): Decimal("123456.78"),
    },
    "activity": [(1200, 12, 1020)] * 2,
    "reasons": [("vacancy", "=Vacant since May", "2026-12-31")],
    "words": ("On course.\nCafé opened – £5 a head.", "amber_green"),
}


@pytest.fixture
def found(open_world: World) -> QuarterlyReturn:
    return open_world.return_of(open_world.north)


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_filled_in_and_uploaded_the_figures_are_equal_to_the_penny(
    as_user: SignIn, world: World, found: QuarterlyReturn, tmp_path: Path, kind: str
) -> None:
    client = as_user(world.lead)
    template = client.get(reverse("return_workbook", args=[found.pk])).content
    filled = in_libreoffice(tmp_path, template, ENTRIES, kind)[kind]
    save(client, upload(client, found, filled, f"filled.{kind}"))
    assert figures(found) == WANTED


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_marked_up_workbook_is_corrected_and_uploaded_again(
    as_user: SignIn, world: World, found: QuarterlyReturn, tmp_path: Path, kind: str
) -> None:
    client = as_user(world.lead)
    template = client.get(reverse("return_workbook", args=[found.pk])).content
    wrong = [*ENTRIES, [SPEND, MENTORING, "Actual, Q2", "about 9,000"], [PROGRESS, 8, ANSWER, "purple"]]
    first = in_libreoffice(tmp_path, template, wrong, kind)[kind]
    address = upload(client, found, first, f"wrong.{kind}")
    page = client.get(address).content.decode()
    assert "2 errors" in page
    assert "Save all" not in page
    marked = client.get(f"{address}marked.xlsx").content

    right = [[SPEND, MENTORING, "Actual, Q2", 9876.54], [PROGRESS, 8, ANSWER, "Amber/Green"]]
    second = in_libreoffice(tmp_path, marked, right, "xlsx")["xlsx"]
    again = upload(client, found, second, "corrected.xlsx")
    assert " error" not in client.get(again).content.decode().split('id="summary">')[1].split("</p>")[0]
    save(client, again)
    assert figures(found) == WANTED
