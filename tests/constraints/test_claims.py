"""What must never be false about frozen claims, tried with raw SQL."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from funding.models import Claim, ClaimHeading, ClaimPart
from tests.constraints.test_ledger import refused, sql
from tests.funding.claims.year import PastYear, past_year

pytestmark = pytest.mark.django_db
NOW_PLEASE = "SET CONSTRAINTS ALL IMMEDIATE"
COPY = (
    "INSERT INTO funding_claim (award_id, part, total, to_date, digest, line_count, return_count, frozen_by_id, "
    "frozen_at) SELECT award_id, %s, total, to_date, digest, line_count, return_count, frozen_by_id, frozen_at "
    "FROM funding_claim LIMIT 1"
)


@pytest.fixture
def past(db: None) -> PastYear:
    made = past_year()
    made.certify("north", 1, "1000.01")
    made.freeze(ClaimPart.Q1)
    return made


@transaction.atomic
def at_commit(statement: str, *parameters: object) -> None:
    """The statement, and what is checked when its transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        cursor.execute(NOW_PLEASE)


def test_a_frozen_claim_is_append_only(past: PastYear) -> None:
    with connection.cursor() as cursor:
        # As a commit does, so that TRUNCATE is refused by its trigger and not for what is still deferred.
        cursor.execute(NOW_PLEASE)
    for table in ("claim", "claimline", "claimreturn"):
        for statement in (
            f"UPDATE funding_{table} SET id = id",
            f"DELETE FROM funding_{table}",
            f"TRUNCATE funding_{table} CASCADE",
        ):
            with pytest.raises(DatabaseError, match=r"append_only|Cannot|never emptied"):
                sql(statement)


def test_no_line_is_added_to_a_frozen_claim(past: PastYear) -> None:
    for amount in ("0.00", "5.00"):
        statement = (
            "INSERT INTO funding_claimline (claim_id, position, kind, organisation_id, organisation_name, "
            "quarter_number, claim_heading_id, heading_label, match_kind, amount, explanation) "
            "SELECT claim_id, 99, kind, organisation_id, organisation_name, quarter_number, claim_heading_id, "
            f"heading_label, match_kind, {amount}, '' FROM funding_claimline LIMIT 1"
        )
        with pytest.raises(DatabaseError, match="keeps the lines"):
            at_commit(statement)
    with pytest.raises(DatabaseError, match="keeps the lines"):
        at_commit(COPY, 2)


def test_a_claim_is_frozen_once_in_order_and_of_a_known_kind(past: PastYear) -> None:
    refused("claim_once", COPY, 1)
    refused("claims_in_order", COPY, 3)
    refused("claims_in_order", COPY, 5)
    assert Claim.objects.count() == 1


def test_a_cost_heading_stands_under_one_heading_of_the_same_fund(past: PastYear) -> None:
    other = ClaimHeading.objects.get(fund=past.world.hotspot_grant.fund, code="labour")
    insert = (
        "INSERT INTO funding_claimmapping (fund_id, cost_heading_id, claim_heading_id) VALUES (%s, %s, %s)"
    )
    own = past.award.grant.fund_id
    refused("claim_mapping_of_its_fund", insert, own, past.world.staffing.pk, other.pk)
    heading = ClaimHeading.objects.get(fund=own, code="non-labour")
    refused("claim_mapping_once_a_fund", insert, own, past.world.staffing.pk, heading.pk)
    refused(
        "frozen_columns",
        "UPDATE funding_claimheading SET fund_id = %s WHERE id = %s",
        other.fund_id,
        heading.pk,
    )
