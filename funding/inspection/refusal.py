"""Why a file is not taken."""


class Refused(ValueError):
    """Not taken. `str()` completes the sentence that begins with the file's name."""


TAKEN = "PDF, PNG, JPEG, XLSX, DOCX, ODS, ODT, CSV or TXT"
# What begins a page or a script. Nothing that finance staff keep as a picture or a table has it.
ACTIVE = (b"<script", b"<html", b"<!doctype", b"<svg", b"<iframe", b"<?php", b"<object", b"<embed")


def has_active_content(content: bytes) -> bool:
    """Whether something in it would run in a browser or on a web server."""
    lowered = content.lower()
    return any(sign in lowered for sign in ACTIVE)
