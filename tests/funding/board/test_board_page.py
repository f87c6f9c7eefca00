"""The board page on a real database: the figures equal the source tables, and nothing else gets in."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authorities import actions as people
from authorities.models import OrganisationKind, User
from authorities.roles import Role
from funding.actions import returns
from funding.actions.nil import declare_nil
from funding.board.charts import page as board_page
from funding.models import (
    Award,
    DecisionLine,
    Figure,
    ProfileAmount,
    PublishedAllocation,
    RollUpMark,
    RollUpRun,
    SpendLine,
    Tier,
)
from funding.money import pounds, whole_pounds
from tests.remembered import remembered
from tests.world import NOW, Q1, Q2, START, World, build_world

AsUser = Callable[[User], Client]
CANARY = "77777.77"
TODAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PAGE_QUERIES = 8
BROKEN = ("NaN", "x", "-1", "1e400", "9" * 400, "%F0%9F%92%A9", "%ff", "2026%27--", "[]", "")


def address(query: str = "", table: str = "") -> str:
    return (reverse("board_csv", args=[table]) if table else reverse("board")) + query


def text(client: Client, query: str = "") -> str:
    response = client.get(address(query))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def rows(client: Client, table: str, query: str = "") -> list[dict[str, str]]:
    content = client.get(address(query, table)).content.decode()
    return list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"), newline="")))


@pytest.fixture(autouse=True)
def _in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's clock stands still on a day when quarter 2 of 2026/27 is three weeks late."""
    monkeypatch.setattr(timezone, "now", lambda: TODAY)


@remembered
def build_returned() -> World:
    """Q1: north and police accepted. Q2: north provisional, south a draft, police queried."""
    world = build_world()
    for quarter in (Q1, Q2):
        world.open(quarter)
    north = {"by": world.lead, "certifier": world.certifier}
    police = {"by": world.police_lead, "certifier": world.police_certifier}
    world.accept(world.return_of(world.north, Q1), **north, actual="9000.10", forecast="9500.20")
    world.accept(world.return_of(world.police, Q1), **police, actual="80000.00", forecast="91000.00")
    world.certify(world.return_of(world.north, Q2), **north, actual="8000.30", forecast="9100.00")
    world.fill(world.return_of(world.south, Q2), by=world.stranger, actual=CANARY, forecast=CANARY)
    queried = world.certify(world.return_of(world.police, Q2), **police, actual=CANARY, forecast=CANARY)
    returns.query(quarterly_return=queried, reason="Line 1 looks wrong.", by=world.officer, at=NOW)
    world.roll_up()
    return world


@pytest.fixture
def returned(db: None) -> World:
    return build_returned()


@pytest.mark.django_db
class TestDoor:
    @pytest.mark.parametrize("role", ["board_member", "officer", "approver", "auditor"])
    def test_readers_of_the_board_see_it(self, returned: World, as_user: AsUser, role: str) -> None:
        client = as_user(getattr(returned, role))

        assert client.get(address()).status_code == 200
        assert client.get(address(table="authorities")).status_code == 200

    @pytest.mark.parametrize("role", ["lead", "certifier", "stranger", "police_lead", "administrator"])
    @pytest.mark.parametrize("table", ["", "authorities"])
    def test_others_get_the_page_that_does_not_exist(
        self, world: World, as_user: AsUser, role: str, table: str
    ) -> None:
        assert as_user(getattr(world, role)).get(address(table=table)).status_code == 404

    @pytest.mark.parametrize("table", ["", "authorities"])
    def test_nobody_else_gets_past_the_sign_in(self, world: World, client: Client, table: str) -> None:
        response = client.get(address(table=table))

        assert (response.status_code, "login" in response["Location"]) == (302, True)

    @pytest.mark.parametrize("table", ["", "authorities"])
    @pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
    def test_it_is_only_read(self, world: World, as_user: AsUser, table: str, method: str) -> None:
        assert getattr(as_user(world.board_member), method)(address(table=table)).status_code == 405

    @pytest.mark.parametrize("table", ["award", "x", "Authorities", "funds.csv"])
    def test_an_unknown_table_does_not_exist(self, world: World, as_user: AsUser, table: str) -> None:
        assert as_user(world.board_member).get(f"/board/{table}.csv").status_code == 404


@pytest.mark.django_db
class TestFigures:
    def test_they_equal_the_source_tables_to_the_penny(self, returned: World, as_user: AsUser) -> None:
        table = rows(as_user(returned.board_member), "authorities")

        assert [row["Organisation"] for row in table] == ["OPCC", "North", "South", "Police", "Total"]
        for row, body in zip(
            table, (returned.hub, returned.north, returned.south, returned.police), strict=False
        ):
            of_body = {"quarterly_return__organisation": body}
            plan = ProfileAmount.objects.filter(budget_line__intervention__organisation=body)
            held = DecisionLine.objects.approved().filter(organisation=body)
            assert Decimal(row["Plan"]) == (plan.aggregate(all=Sum("amount"))["all"] or 0)
            assert Decimal(row["Allocated"]) == held.aggregate(all=Sum("amount"))["all"]
            for head, status in (("Accepted", "accepted"), ("Provisional", "certified")):
                lines = SpendLine.objects.filter(**of_body, quarterly_return__status=status)
                spent = lines.aggregate(all=Sum("actual"))["all"]
                if body == returned.police and head == "Provisional":
                    assert row[head] == "queried"
                    continue
                has_returned = body in (returned.north, returned.police)
                assert row[head] == (f"{spent or Decimal(0):.2f}" if has_returned else "not returned")

    def test_the_outturn_takes_actual_then_forecast_then_plan(self, returned: World, as_user: AsUser) -> None:
        table = {row["Organisation"]: row for row in rows(as_user(returned.board_member), "authorities")}

        north = 2 * (Decimal("9000.10") + Decimal("8000.30") + 2 * Decimal("9100.00"))
        assert Decimal(table["North"]["Year-end forecast"]) == north
        assert Decimal(table["Police"]["Year-end forecast"]) == Decimal("80000.00") + 3 * Decimal("91000.00")
        assert Decimal(table["South"]["Year-end forecast"]) == Decimal("80000.00")
        assert Decimal(table["North"]["Left at year end"]) == Decimal("450000.00") - north

    def test_the_page_says_what_the_file_says(self, returned: World, as_user: AsUser) -> None:
        client = as_user(returned.board_member)
        shown = text(client)

        for table in ("funds", "authorities", "quarters", "tiers", "headings"):
            for row in rows(client, table):
                for value in list(row.values())[1:]:
                    if re.fullmatch(r"-?\d+\.\d\d", value):
                        assert pounds(Decimal(value)) in shown, (table, row)

    def test_all_tables_agree_on_what_was_spent(self, returned: World, as_user: AsUser) -> None:
        client = as_user(returned.board_member)
        spent = {
            "authorities": sum(
                Decimal(rows(client, "authorities")[-1][head]) for head in ("Accepted", "Provisional")
            ),
            "funds": sum(Decimal(rows(client, "funds")[-1][head]) for head in ("Accepted", "Provisional")),
            "quarters": sum(
                Decimal(rows(client, "quarters")[-1][head]) for head in ("Accepted", "Provisional")
            ),
            "tiers": Decimal(rows(client, "tiers")[-1]["Spent to date"]),
            "headings": Decimal(rows(client, "headings")[-1]["Spent to date"]),
        }

        assert set(spent.values()) == {2 * Decimal("17000.40") + Decimal("80000.00")}
        assert whole_pounds(spent["funds"]) in text(client)

    def test_a_tampered_figure_would_be_seen(self, returned: World, as_user: AsUser) -> None:
        Figure.objects.filter(organisation=returned.north, quarter_number=1, tier=Tier.PRIMARY).update(
            actual=1
        )

        table = rows(as_user(returned.board_member), "tiers")

        assert Decimal(table[-1]["Spent to date"]) != 2 * Decimal("17000.40") + Decimal("80000.00")

    def test_plan_and_actual_are_compared_like_with_like(self, returned: World, as_user: AsUser) -> None:
        total = rows(as_user(returned.board_member), "tiers")[-1]

        assert Decimal(total["Plan to date"]) == Decimal("30000.00") + Decimal("90000.00")

    def test_funds_stay_apart(self, returned: World, as_user: AsUser) -> None:
        client = as_user(returned.board_member)

        table = rows(client, "funds")
        vru_alone = rows(client, "authorities", "?fund=vru")

        assert [(row["Fund"], row["Award"]) for row in table] == [
            ("VRU", "1000000.00"),
            ("Hotspot", "400000.00"),
            ("All funds", "1400000.00"),
        ]
        assert [row["Organisation"] for row in vru_alone] == ["OPCC", "North", "South", "Total"]

    def test_patrols_and_reach_are_sums_of_counted_returns(self, returned: World, as_user: AsUser) -> None:
        client = as_user(returned.board_member)

        patrols, reach = rows(client, "hotspots"), rows(client, "reach")

        hours, before = ["120.50", "9.30"], ["not known"]
        assert list(patrols[0].values())[1:] == [*hours, *before, "400", "3", "2", "5", "80000.00", "663.90"]
        assert list(patrols[1].values())[1:] == ["queried"] * 2 + before + ["queried"] * 6
        assert list(patrols[2].values())[1:] == ["not due yet"] * 2 + before + ["not due yet"] * 6
        people, cost = ["24"], ["8000.30", "333.35"]
        missing = "not returned: OPCC and South"
        assert list(reach[1].values())[1:] == [*people, *cost, "600", "40", "1 of 3", missing]

    def test_returns_stand_as_they_are(self, returned: World, as_user: AsUser) -> None:
        table = {row["Organisation"]: row for row in rows(as_user(returned.board_member), "returns")}

        assert table["North"]["Quarter 1"] == "Accepted"
        assert table["North"]["Quarter 2"] == "Provisional"
        assert table["Police"]["Quarter 2"] == "Queried"
        assert table["South"]["Quarter 1"] == "Not returned, 115 days late"
        assert table["South"]["Quarter 2"] == "Not returned, 21 days late"

    def test_a_nil_return_is_zero_and_not_missing(self, returned: World, as_user: AsUser) -> None:

        found = returned.return_of(returned.south, Q1)
        declare_nil(
            quarterly_return=found,
            revision=found.revision,
            explanation="Late start.",
            by=returned.stranger,
            at=NOW,
        )
        sent = returns.send(
            quarterly_return=returned.return_of(returned.south, Q1), by=returned.stranger, at=NOW
        )
        returns.certify(quarterly_return=sent, by=returned.south_certifier, at=NOW)
        returned.roll_up()
        client = as_user(returned.board_member)

        south = next(row for row in rows(client, "authorities") if row["Organisation"] == "South")
        assert (south["Accepted"], south["Provisional"]) == ("0.00", "0.00")
        assert south["Missing"] == "Q2"
        assert "£0.00 (nil)" in text(client)
        assert "Provisional (nil)" in text(client)


@pytest.mark.django_db
class TestNothingElseGetsIn:
    def test_drafts_and_queried_amounts_never_appear(self, returned: World, as_user: AsUser) -> None:
        client = as_user(returned.officer)
        assert SpendLine.objects.filter(actual=CANARY).exists()

        everything = text(client) + "".join(
            client.get(address(table=table)).content.decode() for table in board_page.TABLES
        )

        for form in (CANARY, pounds(Decimal(CANARY)), "77,778", "155,555.54", "233,333"):
            assert form not in everything

    def test_hotspots_are_never_named(self, returned: World, as_user: AsUser) -> None:
        client = as_user(returned.officer)

        everything = text(client) + "".join(
            client.get(address(table=table)).content.decode() for table in board_page.TABLES
        )

        assert returned.hotspot is not None
        assert returned.hotspot.name not in everything
        assert returned.hotspot.reference not in everything

    def test_another_partnership_stays_out(self, returned: World, as_user: AsUser) -> None:
        other = people.found_partnership(
            name="Other", police_force_code="E23000098", board_name="Other Board"
        )
        body = people.add_organisation(
            partnership=other, kind=OrganisationKind.BOARD, name="Other Board", short_name="OB", position=0
        )
        member = people.add_person(email="other@test.example", name="Other member")
        people.give_role(user=member, organisation=body, role=Role.BOARD_MEMBER, starts_on=START)
        client = as_user(member)

        for query in ("", f"?authority={returned.north.pk}", "?fund=vru", "?year=2026"):
            shown = text(client, query)
            assert "North" not in shown
            assert "1,000,000" not in shown
        assert "No award has been recorded" in shown

    def test_names_cannot_leave_their_place(self, returned: World, as_user: AsUser) -> None:
        returned.north.short_name = "</script><b>$x$"
        returned.north.save()

        shown = text(as_user(returned.board_member))

        assert "</script><b>" not in shown
        assert "&lt;/script&gt;&lt;b&gt;$x$" in shown

    def test_only_web_addresses_are_links(self, returned: World, as_user: AsUser) -> None:
        for area, source in (
            ("A", "javascript:alert(1)"),
            ("B", "https://example.org/b [rounded in source]"),
        ):
            PublishedAllocation.objects.create(
                area=area, fund="VRU", period="2023/24", amount=1, is_rounded=True, source=source
            )

        shown = text(as_user(returned.board_member))

        assert 'href="https://example.org/b" rel="noopener noreferrer"' in shown
        assert 'href="javascript' not in shown


@pytest.mark.django_db
class TestFilters:
    @pytest.mark.parametrize("table", ["", "quarters"])
    def test_nothing_in_the_address_breaks_the_page(self, world: World, as_user: AsUser, table: str) -> None:
        client = as_user(world.board_member)

        for name in ("year", "fund", "authority", "other"):
            for value in BROKEN:
                response = client.get(address(f"?{name}={value}&{name}={value}", table))
                assert response.status_code == 200, (name, value)
        # A NUL is refused before any page sees it.
        assert client.get(address("?year=%00", table)).status_code == 400

    def test_an_unknown_value_is_said(self, returned: World, as_user: AsUser) -> None:
        shown = text(as_user(returned.board_member), "?year=1999&authority=999999")

        assert "That year is not on this board. Showing 2026/27." in shown
        assert "There is no such organisation on this board." in shown

    def test_one_organisation_alone(self, returned: World, as_user: AsUser) -> None:
        client = as_user(returned.board_member)

        table = rows(client, "authorities", f"?authority={returned.north.pk}")

        assert [row["Organisation"] for row in table] == ["North", "Total"]
        assert f"authority={returned.north.pk}" in text(client, f"?authority={returned.north.pk}")

    def test_the_year_is_that_of_the_latest_return(self, returned: World, as_user: AsUser) -> None:
        Award.objects.create(grant=returned.grant, year=2027, amount=5)

        assert "2026 to 2027" in text(as_user(returned.board_member))
        assert "Nothing has been allocated for 2027 to 2028" in text(
            as_user(returned.board_member), "?year=2027"
        )


@pytest.mark.django_db
class TestPage:
    def test_it_stands_as_at_a_roll_up(self, returned: World, as_user: AsUser) -> None:
        client = as_user(returned.board_member)
        run = RollUpRun.objects.done().order_by("-done_at", "-pk").first()
        assert run is not None

        assert f"Figures as at 2 November 2026 at 9:30am London time (roll-up {run.pk})." in text(client)

        RollUpMark.objects.create(organisation=returned.north, year=2026, quarter_number=1, marked_at=NOW)
        assert "1 change is waiting to be rolled up." in text(client)

    def test_an_empty_board_says_so(self, world: World, as_user: AsUser) -> None:
        RollUpMark.objects.all().delete()

        shown = text(as_user(world.board_member))

        assert "Nothing has been rolled up yet." in shown
        assert "Nothing has been allocated" in shown

    def test_queries_are_few_however_many_rows(
        self, returned: World, as_user: AsUser, django_assert_max_num_queries: Callable[..., object]
    ) -> None:
        client = as_user(returned.board_member)
        client.get(address())
        with django_assert_max_num_queries(PAGE_QUERIES):  # type: ignore[attr-defined]
            client.get(address())

        for number in range(30):
            body = people.add_organisation(
                partnership=returned.partnership,
                kind=OrganisationKind.LOCAL_AUTHORITY,
                name=f"Council {number}",
                short_name=f"C{number}",
                position=100 + number,
            )
            run = RollUpRun.objects.done().first()
            Figure.objects.create(
                organisation=body, award=returned.award, year=2026, quarter_number=1, tier=Tier.PRIMARY,
                cost_heading=returned.staffing, plan=1, run=run,
            )  # fmt: skip
        with django_assert_max_num_queries(PAGE_QUERIES):  # type: ignore[attr-defined]
            shown = text(client)
        assert "C29" in shown

    def test_files_are_downloads(self, returned: World, as_user: AsUser) -> None:
        response = as_user(returned.board_member).get(address(table="quarters"))

        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert re.fullmatch(
            r'attachment; filename="board-quarters-2026-27-run-\d+\.csv"', response["Content-Disposition"]
        )
