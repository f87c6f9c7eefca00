"""How files arrive: on disk and never in memory, and no more of each than is ever taken.

A file that is too large still arrives at its page, so that the page can say so; what is beyond the limit is
read and thrown away, and `size` says how much there was.
"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from funding.inspection.kinds import LARGEST

# Of one request, in bytes: several files at once.
MOST_AT_ONCE = 5 * LARGEST


class BoundedUpload(TemporaryFileUploadHandler):
    """Keeps the first bytes of each file in the temporary folder. `cut_off` of a file says that it is not
    whole, and `not_stored` that the disk would not take it."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._kept_of_all = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._kept, self._failed = 0, False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        # One byte more than is taken, so that whoever counts the bytes finds too many.
        room = min(LARGEST + 1 - self._kept, MOST_AT_ONCE - self._kept_of_all)
        part = raw_data[: max(room, 0)]
        if part and not self._failed:
            try:
                self.file.write(part)
            except OSError:
                self._failed = True
                return
        self._kept += len(part)
        self._kept_of_all += len(part)

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        try:
            self.file.flush()
        except OSError:
            self._failed = True
        found = super().file_complete(file_size)
        if found is not None:
            found.cut_off = file_size > self._kept  # type: ignore[attr-defined]
            found.not_stored = self._failed  # type: ignore[attr-defined]
        return found
