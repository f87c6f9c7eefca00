"""How files arrive: on disk, no more of each than is taken, and with a full disk no failure but a mark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import TemporaryUploadedFile

from funding.inspection.kinds import LARGEST
from funding.uploads import MOST_AT_ONCE, BoundedUpload

CHUNK = 1024 * 1024


def arriving(handler: BoundedUpload, size: int) -> Any:
    """A file of that many bytes, in chunks, as a request brings it."""
    handler.new_file("files", "a.pdf", "application/pdf", None, None, None)
    return handler


def send(handler: BoundedUpload, size: int) -> Any:
    arriving(handler, size)
    for start in range(0, size, CHUNK):
        handler.receive_data_chunk(b"x" * min(CHUNK, size - start), start)
    return handler.file_complete(size)


def test_a_file_arrives_whole_and_on_disk() -> None:
    found = send(BoundedUpload(), 5)
    assert isinstance(found, TemporaryUploadedFile)
    assert (found.size, found.read(), found.cut_off, found.not_stored) == (5, b"xxxxx", False, False)  # type: ignore[attr-defined]


def test_of_a_file_that_is_too_large_only_the_beginning_is_stored_and_its_size_is_known() -> None:
    found = send(BoundedUpload(), 3 * LARGEST)
    assert found.size == 3 * LARGEST
    assert Path(found.temporary_file_path()).stat().st_size == LARGEST + 1
    assert found.cut_off


def test_all_files_of_a_request_together_have_a_limit() -> None:
    handler = BoundedUpload()
    found = [send(handler, LARGEST) for _ in range(7)]
    assert [one.cut_off for one in found] == [False] * 5 + [True] * 2
    assert sum(Path(one.temporary_file_path()).stat().st_size for one in found) == MOST_AT_ONCE


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="There is no /dev/full here.")
def test_a_full_disk_is_marked_on_the_file_and_breaks_nothing() -> None:
    handler = BoundedUpload()
    arriving(handler, 5)
    with Path("/dev/full").open("wb", buffering=0) as full:
        handler.file.file = full
        handler.receive_data_chunk(b"xxxxx", 0)
        handler.receive_data_chunk(b"xxxxx", 5)
    with Path("/dev/null").open("rb+") as empty:
        handler.file.file = empty
        found: Any = handler.file_complete(10)
    assert found.not_stored
    assert found.size == 10
