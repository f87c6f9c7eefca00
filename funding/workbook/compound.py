"""The compound file around an old .xls workbook: chains of sectors, a directory of streams. Pure.

Layout after Microsoft's open specification [MS-CFB]. A chain that runs in circles or out of the file is
damage.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from funding.workbook.book import RefusedWorkbook
from funding.workbook.sentences import DAMAGED

_HEADER = 512
_ENTRY = 128
_LAST_SECTOR = 0xFFFFFFFA  # numbers above are marks: free, end of chain
_STREAM, _ROOT = 2, 5
_MOST_ENTRIES = 4_000


@dataclass(frozen=True)
class Entry:
    """A stream or a folder of the directory."""

    name: str
    kind: int
    start: int
    size: int


@dataclass(frozen=True)
class Streams:
    """The names of everything in the file, and the stream that holds the workbook."""

    names: frozenset[str]
    workbook: bytes | None


def streams(data: bytes) -> Streams:
    """Takes the file apart. Raises RefusedWorkbook where it is damaged."""
    try:
        return _Compound(data).streams()
    except (struct.error, IndexError, ValueError) as problem:
        raise RefusedWorkbook(DAMAGED) from problem


class _Compound:
    def __init__(self, data: bytes) -> None:
        self.data = data
        (shift,) = struct.unpack_from("<H", data, 30)
        if shift not in (9, 12):
            raise ValueError("Sectors are of 512 or 4,096 bytes.")
        self.sector = 1 << shift
        self.directory, _, self.cutoff, self.small_table = struct.unpack_from("<4I", data, 48)
        self.table = self._numbers(self._table_sectors())

    def streams(self) -> Streams:
        """Every entry of the directory, and the bytes of the workbook among them."""
        entries = list(self._entries())
        root = next((entry for entry in entries if entry.kind == _ROOT), None)
        book = next(
            (entry for entry in entries if entry.kind == _STREAM and entry.name in ("Workbook", "Book")), None
        )
        names = frozenset(entry.name for entry in entries)
        return Streams(names, self._stream(book, root) if book and root else None)

    def _entries(self) -> Iterator[Entry]:
        directory = b"".join(map(self._at, self._chain(self.directory, self.table)))
        for offset in range(0, min(len(directory), _MOST_ENTRIES * _ENTRY), _ENTRY):
            length, kind = struct.unpack_from("<HB", directory, offset + 64)
            if kind:
                name = directory[offset : offset + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
                start, size = struct.unpack_from("<2I", directory, offset + 116)
                yield Entry(name, kind, start, size)

    def _stream(self, entry: Entry, root: Entry) -> bytes:
        if entry.size >= self.cutoff:
            content = b"".join(map(self._at, self._chain(entry.start, self.table)))
        else:
            small = b"".join(map(self._at, self._chain(root.start, self.table)))
            chain = self._chain(entry.start, self._numbers(self._chain(self.small_table, self.table)))
            content = b"".join(small[number * 64 : number * 64 + 64] for number in chain)
        if len(content) < entry.size:
            raise ValueError("The stream is cut short.")
        return content[: entry.size]

    def _at(self, number: int) -> bytes:
        start = (number + 1) * self.sector
        if start >= len(self.data):
            raise ValueError("A sector lies beyond the end of the file.")
        return self.data[start : start + self.sector]

    def _chain(self, number: int, table: list[int]) -> Iterator[int]:
        steps = 0
        while number <= _LAST_SECTOR:
            if (steps := steps + 1) > len(table):
                raise ValueError("A chain of sectors runs in a circle.")
            yield number
            number = table[number]

    def _numbers(self, sectors: Iterator[int]) -> list[int]:
        content = b"".join(map(self._at, sectors))
        return list(struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4]))

    def _table_sectors(self) -> Iterator[int]:
        """Where the table of chains lies: 109 numbers in the header, more in a list of sectors."""
        numbers = list(struct.unpack_from("<109I", self.data, 76))
        (following,) = struct.unpack_from("<I", self.data, 68)
        seen: set[int] = set()
        while following <= _LAST_SECTOR:
            if following in seen:
                raise ValueError("The list of tables runs in a circle.")
            seen.add(following)
            *more, following = struct.unpack(f"<{self.sector // 4}I", self._at(following))
            numbers += more
        return (number for number in numbers if number <= _LAST_SECTOR)
