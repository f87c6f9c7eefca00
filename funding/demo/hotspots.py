"""The demonstration's patrol areas. Their names are illustrative."""

from __future__ import annotations

from datetime import UTC, datetime, time

from funding.actions import patrols
from funding.demo import facts
from funding.demo.people import Cast


def draw_hotspots(cast: Cast) -> None:
    """Three drawings of the patrol areas. Names are illustrative: real ones are not published."""
    number = 0
    for starts_on, ends_on in facts.DRAWINGS:
        for code, count in facts.HOTSPOTS.items():
            for place in range(1, count + 1):
                number += 1
                patrols.draw_hotspot(
                    organisation=cast.bodies["police"],
                    authority=cast.bodies[code],
                    reference=f"H{number:03d}",
                    name=f"{cast.bodies[code].short_name} area {place} (illustrative)",
                    starts_on=starts_on,
                    ends_on=ends_on,
                    by=cast.preparer("police"),
                    at=datetime.combine(starts_on, time(10), tzinfo=UTC),
                )
