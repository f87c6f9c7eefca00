"""The page in its states, on a real database: a year ahead, a fund without an award, what is at risk."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from funding.models import Award, Fund
from tests.funding.board.test_board_page import AsUser, _in_november, address, returned, rows, text
from tests.world import World

__all__ = ["_in_november", "returned"]  # fixtures


@pytest.fixture
def reader(returned: World, as_user: AsUser) -> Client:
    return as_user(returned.board_member)


@pytest.mark.django_db
class TestAYearAhead:
    def test_it_says_what_is_planned_and_raises_no_alarm(self, returned: World, reader: Client) -> None:
        award = Award.objects.create(grant=returned.grant, year=2027, amount=Decimal("1000000.00"))
        returned.decide({(award, returned.north): "450000.00"}, "2027-001")
        returned.plan(returned.north, award, "Next year", ["1000.50"] * 4, by=returned.lead)
        returned.roll_up()

        shown = text(reader, "?year=2027")

        assert (
            "2027 to 2028 has not begun. £450,000 is allocated; £445,998 of it is not planned yet." in shown
        )
        assert "Not planned yet" in shown
        for word in ("At risk", "at risk", "lost", "not returned", "Not returned"):
            assert word not in shown, word
        assert {row["Quarter 1"] for row in rows(reader, "returns", "?year=2027")} == {"Not due yet"}


@pytest.mark.django_db
class TestAFundWithoutAnAward:
    @pytest.fixture
    def ended(self, returned: World) -> Fund:
        fund = Fund.objects.create(
            code="grip", name="Grip", paid_to_police=True, starts_on="2021-04-01", ends_on="2024-03-31"
        )
        grant = returned.hotspot_grant
        grant.pk, grant.fund, grant.name = None, fund, "Grip 2022"
        grant.save()
        for year in (2022, 2023):
            Award.objects.create(grant=grant, year=year, amount=5)
        return fund

    def test_it_is_one_sentence_with_the_years_that_have_data(self, ended: Fund, reader: Client) -> None:
        shown = text(reader, "?year=2026&fund=grip")

        assert "Grip has no award in 2026/27. It ran from 1 April 2021 to 31 March 2024." in shown
        links = re.findall(r'href="/board/\?year=(\d+)&amp;fund=grip">([\d/]+)<', shown)
        assert links == [("2022", "2022/23"), ("2023", "2023/24")]
        for word in ("Allocated", "Spent to date", "Who is late?", "<figure"):
            assert word not in shown, word

    def test_its_files_hold_heads_and_no_money(self, ended: Fund, reader: Client) -> None:
        for table in ("authorities", "quarters", "risks", "tiers"):
            assert reader.get(address("?year=2026&fund=grip", table)).status_code == 200


@pytest.mark.django_db
class TestAtRisk:
    def test_the_file_adds_up_to_the_card(self, returned: World, reader: Client) -> None:
        table = rows(reader, "risks")
        by_fund = rows(reader, "funds")

        *amounts, whole = [Decimal(row["At risk"]) for row in table]
        assert amounts == sorted(amounts, reverse=True)
        assert whole == sum(amounts) == Decimal(by_fund[-1]["At risk"])

    def test_what_is_not_planned_is_what_is_allocated_less_the_plan(
        self, returned: World, reader: Client
    ) -> None:
        table = {row["Organisation"]: row for row in rows(reader, "risks")}

        assert table["OPCC"]["Why"].startswith("Not planned: £200,000")
        assert table["South"]["Why"].startswith("Not planned: £220,000")


@pytest.mark.django_db
class TestWhatIsMissing:
    def test_it_is_named_beside_the_organisation(self, returned: World, reader: Client) -> None:
        table = {row["Organisation"]: row for row in rows(reader, "authorities")}

        assert {name: row["Missing"] for name, row in table.items()} == {
            "OPCC": "Q1, Q2",
            "North": "none",
            "South": "Q1, Q2",
            "Police": "Q2 queried",
            "Total": "not returned: OPCC and South; queried: Police",
        }
        assert table["Police"]["Provisional"] == "queried"

    def test_one_organisation_says_which_quarter(self, returned: World, reader: Client) -> None:
        shown = text(reader, f"?authority={returned.police.pk}")

        assert "; Quarter 2 is queried" in shown

    def test_tiers_and_headings_split_as_the_organisations_do(self, returned: World, reader: Client) -> None:
        for head in ("Accepted", "Provisional"):
            whole = Decimal(rows(reader, "authorities")[-1][head])
            for table in ("tiers", "headings"):
                assert Decimal(rows(reader, table)[-1][head]) == whole > 0


@pytest.mark.django_db
class TestFindingOnesWay:
    def test_the_questions_are_linked_and_the_run_stands_at_the_top(
        self, returned: World, reader: Client
    ) -> None:
        shown = text(reader)

        links = re.findall(r'<dt><a class="govuk-link" href="#([a-z-]+)">', shown)
        assert links == ["on-plan", "where", "at-risk", "bought", "late", "compare", "decide"]
        for link in links:
            assert shown.count(f'id="{link}"') == 1
        assert shown.index("Figures as at") < shown.index('class="key-figures"')
        assert shown.count("Figures as at") == 2

    def test_the_clock_stands_where_the_tests_say(self) -> None:
        assert timezone.localdate().isoformat() == "2026-11-23"
