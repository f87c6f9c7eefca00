"""A fixed number of queries a page, session, user and memberships among them; and no more with more rows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.browser.test_accessibility import pages, populate
from tests.conftest import sign_in
from tests.world import World

# The pages of a return show nine kinds of line, each read once.
MOST = 16


def costs(world: World) -> dict[str, int]:
    """Queries by person and address, for every page of the accessibility test that answers at once."""
    found = {}
    for person, addresses in pages(world).items():
        client = sign_in(getattr(world, person))
        for address in addresses:
            if address.startswith("/accounts/"):
                continue  # pages of allauth
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(address)
            if answer.status_code == 200:
                found[f"{person} {address}"] = len(queries)
    return found


@pytest.mark.django_db
def test_every_page_costs_few_queries_however_many_rows_there_are(world: World) -> None:
    populate(world)
    few = costs(world)
    for number in range(12):
        world.plan(world.north, world.award, f"More {number}", ["0", "0", "1.00", "1.00"], by=world.lead)
        world.plan(world.south, world.award, f"More {number}", ["0", "0", "1.00", "1.00"], by=world.stranger)
    world.roll_up()
    many = costs(world)

    assert len(few) > 30
    assert {page: count for page, count in few.items() if count > MOST} == {}
    assert {page: (few[page], count) for page, count in many.items() if count > few[page]} == {}
