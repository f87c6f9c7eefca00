"""What was made public stays on record as it was, whoever writes past the actions."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.forms.models import model_to_dict

from authorities.models import AccountableBody, Organisation, Partnership
from funding.actions import open_data
from funding.models import OpenDataPublication, OpenDataWithdrawal
from tests.funding.open_data.identified import identified, published
from tests.world import NOW, World


@pytest.fixture
def made(world: World) -> OpenDataPublication:
    return published(identified(world))


def refusal(act: Any) -> str:
    """The database's own words; empty where it lets the change pass."""
    try:
        with transaction.atomic():
            act()
    except DatabaseError as problem:
        return str(problem)
    return ""


def run(sql: str) -> Any:
    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)

    return act


def again(made: OpenDataPublication, **changes: Any) -> Any:
    fields = model_to_dict(made, exclude=["id", "partnership", "published_by"])
    fields |= {"partnership": made.partnership, "published_by": made.published_by, "number": made.number + 1}
    return lambda: OpenDataPublication.objects.create(**{**fields, **changes})


def test_publications_and_withdrawals_are_append_only(world: World, made: OpenDataPublication) -> None:
    open_data.withdraw(partnership=world.partnership, reason="So.", by=world.approver, at=NOW)
    run("SET CONSTRAINTS ALL IMMEDIATE")()  # what waits for the end of the transaction would be in the way
    for table in ("funding_opendatapublication", "funding_opendatawithdrawal"):
        assert "Cannot update or delete" in refusal(run(f"UPDATE {table} SET id = id"))
        assert "Cannot update or delete" in refusal(run(f"DELETE FROM {table}"))
        assert "never emptied" in refusal(run(f"TRUNCATE {table} CASCADE"))
    assert "Cannot update" in refusal(run("UPDATE funding_opendatapublication SET json = '{}'"))


def test_the_hashes_are_those_of_the_bytes(made: OpenDataPublication) -> None:
    wrong = "are those of its files"
    assert wrong in refusal(again(made, json=made.json + " "))
    assert wrong in refusal(again(made, csv=made.csv.replace("450000.00", "450000.01")))
    assert wrong in refusal(again(made, csv_digest="0" * 64))
    assert refusal(again(made)) == ""


def test_each_number_is_given_once_and_nothing_empty_is_published(made: OpenDataPublication) -> None:
    assert "publication_number_once" in refusal(again(made, number=made.number))
    assert "publication_has_grants" in refusal(again(made, grant_count=0))


def test_a_training_copy_publishes_nothing(world: World, made: OpenDataPublication) -> None:
    copy = Partnership.objects.create(
        name="Copy", police_force_code="E23000099", board_name="Board", training_for=world.partnership
    )
    assert "training copy publishes nothing" in refusal(again(made, partnership=copy))


def test_a_withdrawal_says_why_and_stands_once(world: World, made: OpenDataPublication) -> None:
    def add(reason: str) -> Any:
        return lambda: OpenDataWithdrawal.objects.create(
            publication=made, reason=reason, withdrawn_by=world.approver, withdrawn_at=NOW
        )

    assert "withdrawal_has_a_reason" in refusal(add(" \n"))
    assert refusal(add("A wrong amount.")) == ""
    assert "publication_id" in refusal(add("Again."))


@pytest.mark.parametrize("wrong", ["360g-test", "360G-", "360G-a b", "GB-LAE-BAS", "360G-a-b\n"])
def test_a_prefix_has_its_form(world: World, wrong: str) -> None:
    change = Organisation.objects.filter(pk=world.hub.pk)
    assert "publisher_prefix_is_one" in refusal(lambda: change.update(publisher_prefix=wrong))


@pytest.mark.parametrize("wrong", ["BAS", "GB-LAE", "gb-lae-bas", "GB-LAE-B S", "=1+1", "GB-LAE-BAS\n"])
def test_an_organisation_identifier_has_its_form(world: World, made: OpenDataPublication, wrong: str) -> None:
    change = AccountableBody.objects.filter(organisation=world.north)
    assert "accountable_body_org_id_is_one" in refusal(lambda: change.update(org_id=wrong))
