"""The nightly comparison and the demonstration's people, where something is wrong."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse

from funding import tasks
from funding.models import RollUpMark, RollUpRun
from tests.faults.neighbours import build_neighbours
from tests.world import World


def test_the_nightly_comparison_reaches_every_partnership(world: World) -> None:
    """One quarter that cannot be computed leaves the others, and the neighbours, compared."""
    build_neighbours(world)
    world.roll_up()
    RollUpMark.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION fail_for_one() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF NEW.organisation_id = {world.north.pk} THEN "
            "RAISE EXCEPTION 'poison'; END IF; RETURN NEW; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER poison BEFORE INSERT ON funding_figure "
            "FOR EACH ROW EXECUTE FUNCTION fail_for_one()"
        )
    with suppress(DatabaseError):
        tasks.recompute()
    done = RollUpRun.objects.done().filter(kind="recompute")
    assert set(done.values_list("partnership__name", flat=True)) == {"Test Partnership", "Far Partnership"}


def test_the_known_password_opens_nothing_outside_the_demonstration(world: World, settings: Any) -> None:
    """A database that was a demonstration once, started again without DEMO_MODE."""
    settings.DEMO_MODE = False
    person = world.officer
    person.is_demo = True
    person.set_password("share-every-pound")
    person.save()
    typed = {"login": person.email, "password": "share-every-pound"}
    assert Client().post(reverse("account_login"), typed).status_code == 200
