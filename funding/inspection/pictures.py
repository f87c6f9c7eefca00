"""PNG and JPEG: whole, and nothing behind or inside them that is not a picture."""

from __future__ import annotations

import struct
import zlib

from funding.inspection.refusal import Refused, has_active_content

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
MOST_PIXELS = 100_000_000
DAMAGED = "is damaged: the picture does not end as it should. Save it again."


def check_png(content: bytes) -> None:
    """Every chunk in turn, with its checksum. Raises Refused."""
    place, first = len(PNG), True
    while True:
        if place + 12 > len(content):
            raise Refused(DAMAGED)
        length, kind = struct.unpack_from(">I4s", content, place)
        end = place + 12 + length
        if end > len(content) or (kind == b"IHDR") is not first:
            raise Refused(DAMAGED)
        body = content[place + 8 : end - 4]
        if zlib.crc32(kind + body) != struct.unpack_from(">I", content, end - 4)[0]:
            raise Refused(DAMAGED)
        if first:
            _check_size(body)
        place, first = end, False
        if kind == b"IEND":
            break
    _check_rest(content, place)


def _check_size(header: bytes) -> None:
    if len(header) != 13:
        raise Refused(DAMAGED)
    width, height = struct.unpack_from(">II", header)
    if not 0 < width * height <= MOST_PIXELS:
        raise Refused("has too many pixels to be opened safely. Save it smaller.")


def check_jpeg(content: bytes) -> None:
    """Its segments up to the picture, and its end. Phones put a second picture behind the first: that is
    taken, anything else there is not. Raises Refused."""
    place = 2
    while True:
        if content[place : place + 1] != b"\xff" or place + 4 > len(content):
            raise Refused(DAMAGED)
        marker, length = content[place + 1], struct.unpack_from(">H", content, place + 2)[0]
        if marker in (0xD8, 0xD9) or length < 2:
            raise Refused(DAMAGED)
        place += 2 + length
        if marker == 0xDA:
            break
    if content.find(b"\xff\xd9", place) < 0:
        raise Refused(DAMAGED)
    end = content.rindex(b"\xff\xd9") + 2
    _check_rest(content, end)


def _check_rest(content: bytes, end: int) -> None:
    if content[end:].strip(b"\0\r\n \t"):
        raise Refused("has something behind the picture that does not belong there. Save it again.")
    if has_active_content(content):
        raise Refused("has a script or a web page inside the picture. Save it again as a plain picture.")
