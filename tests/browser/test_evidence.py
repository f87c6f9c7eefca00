"""Handing files in and taking them out in a real browser, with JavaScript and without; and practising."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from funding.actions.training import make_copy
from funding.models import EvidenceFile, EvidenceState
from tests.browser.conftest import SignIn
from tests.browser.test_accessibility import faults
from tests.funding.evidence_samples import PDF, png
from tests.world import NOW, World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
BOTH = pytest.mark.parametrize(
    "sign_in_as",
    [{"java_script_enabled": True}, {"java_script_enabled": False}],
    indirect=True,
    ids=["js", "no js"],
)


@BOTH
def test_files_go_in_come_out_and_are_saved_to_disk(
    sign_in_as: SignIn, live_world: World, tmp_path: Path
) -> None:
    live_world.open()
    found = live_world.return_of(live_world.north)
    invoice, page_in_disguise, photo = tmp_path / "invoice.pdf", tmp_path / "page.pdf", tmp_path / "photo.png"
    invoice.write_bytes(PDF)
    page_in_disguise.write_bytes(b"<html><script>alert(1)</script></html>")
    photo.write_bytes(png())

    page = sign_in_as(live_world.lead)
    page.goto(reverse("return", args=[found.pk]))
    page.get_by_role("link", name="Evidence").click()
    page.get_by_label("What do the files belong to?").select_option(index=1)
    page.locator("input[type=file]").set_input_files([invoice, page_in_disguise])
    page.get_by_role("button", name="Add the files").click()

    expect(page.locator(".govuk-error-summary")).to_contain_text("“page.pdf” is a web page")
    expect(page.locator("main")).to_contain_text("Added: “invoice.pdf”")
    page.goto(reverse("return_evidence", args=[found.pk]))
    page.locator("input[type=file]").set_input_files([photo])
    page.get_by_role("button", name="Add the files").click()
    expect(page.locator("main")).to_contain_text("2 files")

    with page.expect_download() as saved:
        page.get_by_role("link", name="invoice.pdf", exact=True).click()
    assert saved.value.suggested_filename == "invoice.pdf"
    assert Path(saved.value.path()).read_bytes() == PDF

    page.get_by_role("link", name="Take out photo.png").click()
    page.get_by_role("button", name="Take out the file").click()
    expect(page.locator("main")).to_contain_text("“photo.png” was taken out.")
    states = EvidenceFile.objects.order_by("pk").values_list("name", "state")
    assert list(states) == [("invoice.pdf", EvidenceState.UNSCANNED), ("photo.png", EvidenceState.REMOVED)]


@BOTH
def test_practising_is_marked_on_every_page_and_left_again(sign_in_as: SignIn, live_world: World) -> None:
    live_world.open()
    make_copy(partnership=live_world.partnership, by=live_world.administrator, at=NOW)
    page = sign_in_as(live_world.lead)
    banner = page.get_by_role("region", name="Training")
    expect(banner).to_have_count(0)

    page.get_by_role("button", name="Practise in the training copy").click()
    expect(banner).to_contain_text("Nothing here is real, and no e-mail is sent.")
    page.get_by_role("link", name="Returns", exact=True).first.click()
    expect(page).to_have_title(re.compile("^Training: "))
    expect(banner).to_be_visible()
    page.emulate_media(media="print")
    expect(banner).to_be_visible()
    page.emulate_media(media="screen")

    page.goto("/")
    page.get_by_role("button", name="Go back to the real portal").click()
    expect(banner).to_have_count(0)


def test_the_marked_pages_are_accessible(sign_in_as: SignIn, live_world: World) -> None:
    live_world.open()
    make_copy(partnership=live_world.partnership, by=live_world.administrator, at=NOW)
    page = sign_in_as(live_world.lead)
    page.get_by_role("button", name="Practise in the training copy").click()
    expect(page.get_by_role("region", name="Training")).to_be_visible()
    assert [fault for address in ("/", "/returns/", "/plan/") for fault in faults(page, address)] == []
