"""The name under which a file is shown: what the person called it, without what could mislead."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
# Endings that say what a file is. Only the one that fits the content is put back.
ENDINGS = frozenset(
    [
        "pdf",
        "png",
        "jpg",
        "jpeg",
        "jpe",
        "xlsx",
        "docx",
        "ods",
        "odt",
        "csv",
        "txt",
        "xls",
        "doc",
        "xlsm",
        "docm",
        "xlsb",
        "ppt",
        "pptx",
        "gif",
        "svg",
        "bmp",
        "tif",
        "tiff",
        "webp",
        "heic",
        "html",
        "htm",
        "xhtml",
        "xml",
        "js",
        "mjs",
        "vbs",
        "vbe",
        "wsf",
        "hta",
        "exe",
        "dll",
        "com",
        "scr",
        "pif",
        "cpl",
        "bat",
        "cmd",
        "ps1",
        "sh",
        "py",
        "php",
        "asp",
        "aspx",
        "jsp",
        "jar",
        "msi",
        "lnk",
        "url",
        "zip",
        "rar",
        "7z",
        "gz",
        "tar",
        "iso",
        "img",
        "cab",
        "eml",
        "msg",
        "rtf",
        "mht",
        "swf",
        "chm",
        "reg",
        "apk",
        "app",
        "dmg",
    ]
)
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def plain(name: str) -> str:
    """The name in one line, without a folder, without marks that nobody sees or that turn the text round."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(char for char in last if not unicodedata.category(char).startswith("C"))
    return re.sub(r'[<>:"|?*]', "-", re.sub(r"\s+", " ", seen)).strip(" .") or "file"


def shown(name: str, extension: str) -> str:
    """The name with the one ending that fits the content: `invoice.pdf.exe` is shown as `invoice.pdf`."""
    stem = plain(name)
    while "." in stem and stem.rsplit(".", 1)[1].strip().lower() in ENDINGS:
        stem = stem.rsplit(".", 1)[0].strip(" .")
    stem = stem.lstrip(".") or "file"
    if stem.lower() in ENDINGS or RESERVED.match(stem):
        stem = f"file-{stem}"
    return f"{stem[: LONGEST - len(extension) - 1].rstrip(' .')}.{extension}"


def ending(name: str) -> str:
    """What stands after the last point, in small letters."""
    cleaned = plain(name)
    return cleaned.rsplit(".", 1)[1].lower() if "." in cleaned else ""
