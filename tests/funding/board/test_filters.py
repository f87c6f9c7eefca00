"""Whatever stands in the address, the page answers with what it has, and says so."""

import pytest

from funding.board.filters import choose
from tests.funding.board.small import HOTSPOT, NORTH, POLICE, VRU

KNOWN = {
    "years": [2026, 2025],
    "default_year": 2026,
    "funds": [VRU, HOTSPOT],
    "recipients": [NORTH, POLICE],
}


def test_nothing_asked_for_is_the_default_without_a_sentence() -> None:
    found = choose({}, **KNOWN)

    assert (found.year, found.fund, found.recipient, found.refusals) == (2026, None, None, ())


def test_what_is_known_is_chosen() -> None:
    found = choose({"year": "2025", "fund": "hotspot", "authority": "1"}, **KNOWN)

    assert (found.year, found.fund, found.recipient) == (2025, HOTSPOT, NORTH)
    assert found.query == "year=2025&fund=hotspot&authority=1"
    assert [option.value for option in found.funds if option.is_chosen] == ["hotspot"]


@pytest.mark.parametrize("name", ["year", "fund", "authority"])
@pytest.mark.parametrize(
    "value",
    [
        "NaN",
        "nan",
        "-1",
        "0",
        "1e9",
        "99999999999999999999",
        "²",
        "２０２６",
        "' OR 1=1",
        "<script>",
        "\x00",
        "2026.0",
        "None",
        " 2026",
    ],
)
def test_anything_else_falls_back_with_a_sentence(name: str, value: str) -> None:
    found = choose({name: value}, **KNOWN)

    assert (found.year, found.fund, found.recipient) == (2026, None, None)
    assert len(found.refusals) == 1
