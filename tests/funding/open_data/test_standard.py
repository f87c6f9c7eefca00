"""The standard's rules, one breach at a time, and the two files."""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from funding.open_data import files, standard
from funding.open_data.grants import Holding, Party, Setting, grant_of

TODAY = date(2026, 11, 2)
AT = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)  # already 1 April in London
OFFICE = Party("Test OPCC", "360G-Test-organisation-1", is_derived=True)
SETTING = Setting(OFFICE, "360G-Test", "https://vru.example/open-data/E23000099/", is_demonstration=False)


def holding(**changes: Any) -> Holding:
    fields: dict[str, Any] = {
        "award": 7,
        "organisation": 3,
        "year": 2026,
        "basis": "published",
        "fund_code": "vru",
        "fund_name": "VRU",
        "is_hotspot": False,
        "amount": Decimal("450000.01"),
        "first_approved": AT,
        "last_approved": datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
        "recipient": Party("North Council", "GB-LAE-AAA", area="E06000001"),
    }
    return Holding(**{**fields, **changes})


def grant(**changes: Any) -> dict[str, Any]:
    return dict(grant_of(holding(**changes), SETTING))


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_grant_says_all_that_the_standard_requires() -> None:
    made = grant()

    assert len(standard.REQUIRED) == 10
    assert standard.faults([made], today=TODAY) == []
    assert made["id"] == "360G-Test-2026-7-3"
    assert made["awardDate"] == "2026-04-01"
    assert made["plannedDates"] == [{"startDate": "2026-04-01", "endDate": "2027-03-31"}]
    assert made["dateModified"] == "2026-11-02T09:30:00Z"
    assert made["grantProgramme"] == [{"code": "vru", "title": "VRU (Home Office)"}]
    assert made["beneficiaryLocation"] == [{"countryCode": "GB", "geoCode": "E06000001", "geoCodeType": "UA"}]


def test_the_regrant_type_is_for_the_donor_and_not_for_who_passes_the_money_on() -> None:
    assert "regrantType" not in grant()
    assert "The Home Office granted it to Test OPCC" in grant()["description"]


@pytest.mark.parametrize(
    ("basis", "said"),
    [("published", ""), ("derived", "worked out from published figures"), ("illustrative", "illustrative")],
)
def test_what_is_not_published_says_so(basis: str, said: str) -> None:
    described = grant(basis=basis)["description"]
    assert said in described
    assert ("illustrative" in described) == (basis == "illustrative")


def test_a_demonstration_says_so_in_every_grant() -> None:
    shown = Setting(OFFICE, "360G-Test", SETTING.address, is_demonstration=True)
    assert "demonstration data" in grant_of(holding(), shown)["description"]
    assert "demonstration data" not in grant()["description"]


BREACHES: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    **{
        title: (lambda made, path=standard.PATHS[title]: put(made, path, " "), f"{title} is missing")
        for title in standard.REQUIRED
        if title != "Amount Awarded"
    },
    "no amount": (lambda made: made.pop("amountAwarded"), "no sum of money"),
    "a zero": (lambda made: made.update(amountAwarded=Decimal("0.00")), "no sum of money"),
    "half a penny": (lambda made: made.update(amountAwarded=Decimal("1.005")), "no sum of money"),
    "text for an amount": (lambda made: made.update(amountAwarded="5.00"), "no sum of money"),
    "no recipient": (lambda made: made.pop("recipientOrganization"), "Recipient Org:Name is missing"),
    "another prefix": (lambda made: made.update(id="Test-1"), "does not begin with a publisher's prefix"),
    "a slash": (lambda made: made.update(id="360G-Test-1/2"), "does not begin with a publisher's prefix"),
    "euros": (lambda made: made.update(currency="EUR"), "not GBP"),
    "a long title": (lambda made: made.update(title="x" * 140), "not under 140"),
    "an unknown list": (
        lambda made: made["recipientOrganization"][0].update(id="GB-XYZ-1"),
        "Recipient Org:Identifier is from no list",
    ),
    "a British date": (lambda made: made.update(awardDate="01/04/2026"), "Award Date is no day"),
    "no such day": (lambda made: made.update(awardDate="2026-02-30"), "Award Date is no day"),
    "a future award": (lambda made: made.update(awardDate="2026-11-03"), "in the future"),
    "an end first": (
        lambda made: made["plannedDates"][0].update(endDate="2026-03-31"),
        "end before they start",
    ),
    "no time": (lambda made: made.update(dateModified="2026-11-02"), "Last Modified is no full date"),
}


def put(made: dict[str, Any], path: standard.Path, value: str) -> None:
    *way, last = path
    place: Any = made
    for step in way:
        place = place[step]
    place[last] = value


@pytest.mark.parametrize("name", BREACHES)
def test_each_breach_is_found_and_named(name: str) -> None:
    breach, said = BREACHES[name]
    made = copy.deepcopy(grant())
    breach(made)
    assert any(said in fault for fault in standard.faults([made], today=TODAY))


def test_an_identifier_is_used_once() -> None:
    found = standard.faults([grant(), grant()], today=TODAY)
    assert found == ["360G-Test-2026-7-3: two grants have this identifier."]
    assert standard.faults([grant(), grant(organisation=4)], today=TODAY) == []


@pytest.mark.parametrize("amount", ["0.01", "450000.01", "9999999999.99", "1000000.00", "0.10"])
def test_amounts_are_exact_numbers_in_both_files(amount: str) -> None:
    made = [grant(amount=Decimal(amount))]
    package = json.loads(files.json_text(made, SETTING, first_at=AT, at=AT), parse_float=Decimal)
    assert package["grants"][0]["amountAwarded"] == Decimal(amount)
    assert f'"amountAwarded": {amount},' in files.json_text(made, SETTING, first_at=AT, at=AT)
    assert read(files.csv_text(made))[0]["Amount Awarded"] == amount


def test_no_text_can_pass_for_an_amount() -> None:
    for name in (r"\u0000450.00", r'"\u0000450.00"', "450.00", '"', "\\"):
        made = [grant(recipient=Party(name, "GB-LAE-AAA"))]
        package = json.loads(files.json_text(made, SETTING, first_at=AT, at=AT))
        assert package["grants"][0]["recipientOrganization"][0]["name"] == name


@pytest.mark.parametrize("name", ["=1+1", "+1", "@SUM(A1)", "-1", "\t=1", "＝1+1", '=HYPERLINK("http://x")'])
def test_no_cell_runs_as_a_formula(name: str) -> None:
    made = [grant(recipient=Party(name, "GB-LAE-AAA"), fund_name=name)]
    row = read(files.csv_text(made))[0]
    assert row["Recipient Org:Name"] == f"'{name}"
    assert row["Title"].startswith("'")
    assert row["Amount Awarded"] == "450000.01"


def test_the_package_says_whose_it_is_and_what_it_may_be_used_for() -> None:
    package = json.loads(files.json_text([grant()], SETTING, first_at=AT, at=AT))
    assert package["publisher"] == {"identifier": "360G-Test-organisation-1", "name": "Test OPCC"}
    assert package["license"].endswith("/open-government-licence/version/3/")
    assert package["issued"] == "2026-04-01"
    assert package["modified"] == "2026-03-31T23:30:00Z"
    assert package["downloadURL"] == "https://vru.example/open-data/E23000099/grants.json"
