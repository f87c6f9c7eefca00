"""A paper as a PDF for everybody: tagged (PDF/UA-1), with a title and a language, from embedded fonts only.

What people wrote reaches Typst as data, never as markup, so nothing of it is ever run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typst

from funding.papers.paper import Paper

TEMPLATE = Path(__file__).parent / "paper.typ"
# How Typst says which characters no embedded font has, as Rust writes a text.
_MISSING = re.compile(r'the text `"(?P<text>(?:\\.|[^"\\])+)"` could not be displayed')
_ESCAPE = re.compile(r"\\u\{(?P<code>[0-9a-f]+)\}|\\(?P<plain>.)")
CONTROLS = {"t": "\t", "r": "\r", "n": "\n", "0": "\0"}
STAND_IN = "□"
ROUNDS = 4


def pdf(paper: Paper) -> bytes:
    """The paper as a file. The same paper gives the same bytes.

    Characters that no font of ours has stand as □, and the paper says so. Raises typst.TypstError.
    """
    data: dict[str, Any] = asdict(paper) | {"dated": "", "replaced": False}
    for _ in range(ROUNDS):
        try:
            return _set(data, paper)
        except typst.TypstError as refusal:
            missing = _missing(refusal)
            if not missing:
                raise
            data = _without(data, missing) | {"replaced": True}
    # More kinds of characters than Typst names at a time: Latin ones are there for certain.
    return _set(_without(data, {one for one in _texts(data) if ord(one) > 0x17F}), paper)


def _set(data: dict[str, Any], paper: Paper) -> bytes:
    made = typst.compile(
        TEMPLATE,
        sys_inputs={"data": json.dumps(data)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,
        timestamp=int(paper.dated.timestamp()),
    )
    assert isinstance(made, bytes)
    return made


def _missing(refusal: typst.TypstError) -> set[str]:
    found: set[str] = set()
    for match in _MISSING.finditer(refusal.diagnostic or str(refusal)):
        found |= set(_ESCAPE.sub(_unescaped, match["text"]))
    return {one for one in found if not (one.isascii() and one.isprintable())}


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match["code"], 16)) if match["code"] else CONTROLS.get(match["plain"], match["plain"])


def _without(value: Any, missing: Iterable[str]) -> Any:
    """The same structure with the stand-in for each of the characters."""
    swap = dict.fromkeys(map(ord, missing), STAND_IN)
    if isinstance(value, str):
        return value.translate(swap)
    if isinstance(value, dict):
        return {name: _without(one, missing) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without(one, missing) for one in value]
    return value


def _texts(value: Any) -> str:
    """Every text of the structure, in a row."""
    if isinstance(value, dict):
        return "".join(_texts(one) for one in value.values())
    if isinstance(value, list | tuple):
        return "".join(_texts(one) for one in value)
    return value if isinstance(value, str) else ""
