"""The service navigation: at most five items for each role."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from authorities.access import acting
from authorities.roles import Permission

P = Permission
# In this order; a role sees those that it has all the permissions for. Pages below the last ones belong to
# the item too.
ITEMS: tuple[tuple[str, str, tuple[Permission, ...], tuple[str, ...]], ...] = (
    ("Home", "home", (), ()),
    ("Board", "board", (P.VIEW_BOARD,), ()),
    ("Grants", "grants", (P.VIEW_MONEY,), ("/awards/", "/claims/", "/what-if/")),
    ("Decisions", "decisions", (P.VIEW_MONEY,), ()),
    (
        "Returns",
        "tracker",
        (P.VIEW_RETURNS,),
        ("/returns/", "/hotspots/", "/queries/", "/rounds/", "/waivers/"),
    ),
    ("Plan", "plan", (P.PLAN,), ()),
    ("Returns", "own_returns", (P.VIEW_OWN_RETURN,), ("/queries/",)),
    ("Hotspots", "hotspots", (P.PREPARE_RETURN, P.VIEW_HOTSPOT_NAMES), ()),
)


@dataclass(frozen=True)
class Item:
    """One link of the navigation."""

    text: str
    href: str
    active: bool


def items(request: HttpRequest) -> list[Item]:
    """What the role that is acted under may open."""
    person = acting(request)
    if person.membership is None:
        return []
    shown = [
        (text, reverse(name), also)
        for text, name, needed, also in ITEMS
        if all(person.has(permission) for permission in needed)
    ]
    # Every address begins with the home page's, so the longest match is the item that it belongs to.
    here = max(
        (href for _, href, also in shown if request.path.startswith((href, *also))), key=len, default=""
    )
    return [Item(text, href, href == here) for text, href, _ in shown]
