"""The published files against the published schema, which is in no package: GIVING_SCHEMA names the folder.

git clone https://github.com/ThreeSixtyGiving/standard
GIVING_SCHEMA=standard/schema make test ARGS="tests/funding/open_data/test_schema.py"
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.funding.open_data.identified import identified, published
from tests.world import World

FOLDER = os.environ.get("GIVING_SCHEMA", "")
pytestmark = pytest.mark.skipif(
    not FOLDER, reason="GIVING_SCHEMA names no folder with the published schema of 360Giving"
)


def errors(package: Any) -> list[str]:
    from jsonschema import Draft202012Validator, FormatChecker
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    read = {path.name: json.loads(path.read_text()) for path in Path(FOLDER).glob("360-giving-*.json")}
    whole, grant = read["360-giving-package-schema.json"], read["360-giving-schema.json"]
    known = Registry().with_resources(
        (address, DRAFT202012.create_resource(grant))
        for address in (whole["properties"]["grants"]["items"]["$ref"], grant["$id"])
    )
    validator = Draft202012Validator(whole, registry=known, format_checker=FormatChecker())
    return [error.message for error in validator.iter_errors(package)]


def test_what_is_published_is_valid(world: World) -> None:
    package = json.loads(published(identified(world)).json)
    assert len(package["grants"]) == 3
    assert errors(package) == []


def test_the_schema_finds_a_breach(world: World) -> None:
    package = json.loads(published(identified(world)).json)
    package["grants"][0]["amountAwarded"] = "450000.00"
    del package["grants"][1]["title"]
    package["grants"][2]["awardDate"] = "02/11/2026"
    assert len(errors(package)) == 3
