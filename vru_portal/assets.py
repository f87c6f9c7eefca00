"""Which front-end files are collected. Third-party ones come from node_modules, never from a copy."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.staticfiles.finders import FileSystemFinder
from django.core.files.storage import Storage

# Folders of STATICFILES_DIRS that hold a whole package, of which pages use a few files.
PACKAGES = ("govuk", "moj", "plotly", "root/assets/images")


class FrontEndFinder(FileSystemFinder):
    """Finds all of our own files but, in packages, only what pages ask for.

    Compressing whole packages takes minutes. Crowns and GOV.UK or MOJ logos stay out: the portal is
    neither's page.
    """

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        """Every file to collect, with the storage that opens it."""
        path: str
        storage: Storage
        for path, storage in super().list(ignore_patterns):
            if getattr(storage, "prefix", None) not in PACKAGES or is_used(path):
                yield path, storage


def is_used(path: str) -> bool:
    """Whether pages ask for this file of a package: minified code, its source map, an icon."""
    return path.endswith((".min.css", ".min.js", ".min.css.map", ".min.js.map")) or path.startswith("icon-")
