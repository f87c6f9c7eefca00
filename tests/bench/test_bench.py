"""How fast, as ratios within one run: `make bench`. Prints; fails only where growth is out of all proportion."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from authorities.models import Organisation, Partnership, User
from funding.actions import figure_sql, rollups
from funding.models import AllocationFigure, Figure, ReturnFigure, SpendLine
from funding.quarters import Quarter
from tests.conftest import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.bench.urls")]
ROUNDS = 40

# Twenty-two years of history before the demonstration: 616 accepted returns of 160 lines each.
HISTORY = """
SET LOCAL session_replication_role = replica;
INSERT INTO funding_award (grant_id, year, amount, status, basis, source)
    SELECT MIN(id), year, 90000000, 'agreed', 'illustrative', '' FROM funding_grant, generate_series(2000, 2021) year
    WHERE name LIKE 'Violence%%2022%%' GROUP BY year;
INSERT INTO funding_intervention (organisation_id, award_id, name, tier, theme_id, provider)
    SELECT organisation.id, award.id, 'History ' || number, (ARRAY['primary', 'secondary', 'tertiary'])[1 + number %% 3],
        (SELECT MIN(id) FROM funding_theme), ''
    FROM authorities_organisation organisation, funding_award award, generate_series(1, 16) number
    WHERE organisation.kind <> 'board' AND award.year < 2022;
INSERT INTO funding_budgetline (intervention_id, cost_heading_id, description)
    SELECT intervention.id, heading.id, '' FROM funding_intervention intervention, funding_costheading heading
    WHERE intervention.name LIKE 'History%%';
INSERT INTO funding_profileamount (budget_line_id, quarter, amount)
    SELECT line.id, quarter, 100 FROM funding_budgetline line
    JOIN funding_intervention intervention ON intervention.id = line.intervention_id, generate_series(1, 4) quarter
    WHERE intervention.name LIKE 'History%%';
INSERT INTO funding_returnround (partnership_id, year, quarter_number, due_on, opened_by_id, opened_at)
    SELECT partnership.id, year, quarter, make_date(year + 1, 12, 31), (SELECT MIN(id) FROM authorities_user), now()
    FROM authorities_partnership partnership, generate_series(2000, 2021) year, generate_series(1, 4) quarter;
INSERT INTO funding_quarterlyreturn (round_id, organisation_id, status, revision, is_nil, progress, problems, next_steps,
        spend_rag, spend_rag_reason, delivery_rag, delivery_rag_reason,
        certified_by_id, certified_at, accepted_by_id, accepted_at)
    SELECT round.id, organisation.id, 'accepted', 1, false, '', '', '', '', '', '', '', people.id, now(), people.id, now()
    FROM funding_returnround round, authorities_organisation organisation,
        (SELECT MIN(id) AS id FROM authorities_user) people
    WHERE round.year < 2022 AND organisation.kind <> 'board';
INSERT INTO funding_spendline (quarterly_return_id, budget_line_id, actual, committed)
    SELECT returned.id, line.id, 98.76, 1
    FROM funding_quarterlyreturn returned
    JOIN funding_returnround round ON round.id = returned.round_id AND round.year < 2022
    JOIN funding_award award ON award.year = round.year
    JOIN funding_intervention intervention
        ON intervention.award_id = award.id AND intervention.organisation_id = returned.organisation_id
    JOIN funding_budgetline line ON line.intervention_id = intervention.id;
SET LOCAL session_replication_role = DEFAULT;
"""


def seconds(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def ratio(
    work: Callable[[], object], peer: Callable[[], object], rounds: int = ROUNDS
) -> tuple[float, float]:
    """The median of work / peer over interleaved rounds, and the median milliseconds of the work."""
    work(), peer()
    pairs = [(seconds(work), seconds(peer)) for _ in range(rounds)]
    return median(a / b for a, b in pairs), 1000 * median(a for a, _ in pairs)


def tell(what: str, value: float, note: str) -> None:
    print(f"\n  {what}: {value:.2f}x ({note})", end="")


@pytest.fixture
def demonstration(settings: object) -> Partnership:
    settings.DEMO_MODE = True  # type: ignore[attr-defined]
    call_command("load_demo", "--today", "2026-11-23", verbosity=0)
    return Partnership.objects.get()


def add_history(partnership: Partnership) -> None:
    with connection.cursor() as cursor:
        cursor.execute(HISTORY.replace("%%", "%"))
    for organisation in Organisation.objects.of(partnership).making_returns():
        for year in range(2000, 2022):
            for number in range(1, 5):
                rollups.rebuild(organisation=organisation, quarter=Quarter(year, number), clock=timezone.now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def test_speed(demonstration: Partnership) -> None:
    client = sign_in(User.objects.get(name="Board member"))

    def board() -> None:
        assert client.get("/board/?year=2026").status_code == 200

    def bare() -> None:
        assert client.get("/bare/").status_code == 200

    few_lines = SpendLine.objects.count()
    against_bare, milliseconds = ratio(board, bare)
    tell(
        "Board page against a bare signed-in page",
        against_bare,
        f"{milliseconds:.0f} ms, {few_lines:,} spend lines",
    )
    small = median(seconds(board) for _ in range(ROUNDS))
    with CaptureQueriesContext(connection) as few_queries:
        board()

    add_history(demonstration)
    many_lines = SpendLine.objects.count()
    large = median(seconds(board) for _ in range(ROUNDS))
    with CaptureQueriesContext(connection) as many_queries:
        board()
    tell(
        "Board page with 100k against 1k lines",
        large / small,
        f"{many_lines:,} against {few_lines:,} spend lines",
    )
    print(f"\n  Queries of the board page: {len(few_queries)} and {len(many_queries)}", end="")

    by_hand, milliseconds = ratio(roll_up_one(demonstration), same_sql_by_hand(demonstration))
    tell("Roll-up of one return against the same SQL by hand", by_hand, f"{milliseconds:.1f} ms")
    print()

    assert len(few_queries) == len(many_queries) <= 8
    assert many_lines >= 90_000


def one(partnership: Partnership) -> tuple[Organisation, Quarter]:
    return Organisation.objects.of(partnership).get(short_name="Bristol"), Quarter(2026, 1)


def roll_up_one(partnership: Partnership) -> Callable[[], object]:
    organisation, quarter = one(partnership)
    return lambda: rollups.rebuild(organisation=organisation, quarter=quarter, clock=timezone.now)


def same_sql_by_hand(partnership: Partnership) -> Callable[[], object]:
    """The deletes and inserts alone, without run, lock or marks."""
    organisation, quarter = one(partnership)
    run = Figure.objects.filter(organisation=organisation, quarter_number=1, year=2026)[0].run_id
    values = {"organisation": organisation.pk, "year": quarter.year, "quarter": quarter.number, "run": run}
    of_quarter = "organisation_id = %(organisation)s AND year = %(year)s AND quarter_number = %(quarter)s"
    of_year = "organisation_id = %(organisation)s AND award_id IN (SELECT id FROM funding_award WHERE year = %(year)s)"
    deletes = [
        f"DELETE FROM {Figure._meta.db_table} WHERE {of_quarter}",
        f"DELETE FROM {ReturnFigure._meta.db_table} WHERE {of_quarter}",
        f"DELETE FROM {AllocationFigure._meta.db_table} WHERE {of_year}",
    ]

    def work() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in (*deletes, *figure_sql.STATEMENTS):
                cursor.execute(statement, values)

    return work
