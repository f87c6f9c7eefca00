"""The service navigation: at most five items for each role."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from authorities.access import acting
from authorities.roles import Permission

# In this order; a role sees those that it has a permission for. Pages below `also` belong to the item too.
ITEMS = (
    ("Home", "home", None, ""),
    ("Board", "board", Permission.VIEW_BOARD, ""),
    ("Grants", "grants", Permission.VIEW_MONEY, "/awards/"),
    ("Decisions", "decisions", Permission.VIEW_MONEY, ""),
    ("Returns", "tracker", Permission.VIEW_RETURNS, "/returns/"),
    ("Plan", "plan", Permission.PLAN, ""),
    ("Returns", "own_returns", Permission.VIEW_OWN_RETURN, ""),
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
        (text, reverse(name), also or reverse(name))
        for text, name, needed, also in ITEMS
        if needed is None or person.has(needed)
    ]
    # Every address begins with the home page's, so the longest match is the item that it belongs to.
    here = max(
        (href for _, href, also in shown if request.path.startswith((href, also))), key=len, default=""
    )
    return [Item(text, href, href == here) for text, href, _ in shown]
