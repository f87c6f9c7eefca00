"""Private files: kept under names of our own, out of reach of the web server, written before their rows.

A file without a row is an orphan, which the sweep takes away; a row is never without its file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


@dataclass(frozen=True)
class Kept:
    """A file that was written: its own name, its size in bytes and its SHA-256."""

    stored_as: str
    size: int
    digest: str


def storage() -> FileSystemStorage:
    """Where private files lie. No address of the portal leads there by itself."""
    return FileSystemStorage(location=settings.FILES_ROOT, file_permissions_mode=0o600)


def keep(chunks: Iterable[bytes], *, extension: str) -> Kept:
    """Writes a file under a new random name. `extension` is one of ours, never what a person typed."""
    stored_as = f"{uuid4().hex}.{extension}"
    path = Path(storage().path(stored_as))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("xb") as target:
            path.chmod(0o600)
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
    except BaseException:
        # A full disk, or a person who went away: nothing half stays.
        path.unlink(missing_ok=True)
        raise
    return Kept(stored_as, size, digest.hexdigest())


def path_of(stored_as: str) -> Path:
    """Where the file lies on this machine's disk."""
    return Path(storage().path(stored_as))


def older_than(moment: datetime) -> Iterator[str]:
    """The names of the files that were last written before that moment."""
    root = Path(settings.FILES_ROOT)
    for path in sorted(root.iterdir()) if root.is_dir() else ():
        try:
            if path.is_file() and path.stat().st_mtime < moment.timestamp():
                yield path.name
        except FileNotFoundError:
            continue


def opened(stored_as: str) -> File[bytes]:
    """The file, to be read. Raises FileNotFoundError."""
    return storage().open(stored_as, "rb")


def remove(stored_as: str) -> None:
    """Takes the file away, if it is there."""
    private_storage = storage()
    private_storage.delete(stored_as)
