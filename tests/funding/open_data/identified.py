"""The small partnership with everything that open data need: a prefix, and the councils' identifiers."""

from __future__ import annotations

from authorities import actions as people
from authorities.models import Organisation
from funding.actions import open_data
from funding.models import OpenDataPublication
from funding.open_data import reading
from tests.world import NOW, START, World

PREFIX = "360G-Test"
CODES = ("AAA", "BBB")


def identified(world: World, prefix: str = PREFIX) -> World:
    """Councils have an identifier of the official list; police and OPCC have none."""
    Organisation.objects.filter(pk=world.hub.pk).update(publisher_prefix=prefix)
    for council, code in zip((world.north, world.south), CODES, strict=True):
        people.add_accountable_body(
            organisation=council,
            name=council.name,
            gss_code=f"E0600000{CODES.index(code)}",
            org_id=f"GB-LAE-{code}",
            starts_on=START,
            ends_on=None,
        )
    return world


def published(world: World) -> OpenDataPublication:
    """As the draft stands."""
    seen = reading.draft(world.partnership, NOW.date()).digest
    return open_data.publish(partnership=world.partnership, seen=seen, by=world.approver, at=NOW)
