"""Health checks of the containers: `python -I vru_portal/health.py web` (or beat) ends with 0 if well.

Standard library only: a check every ten seconds must cost next to nothing.
"""

import http.client
import os
import sys
import time
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

BEAT_FOLDER = Path("/var/lib/portal")
BEAT_SILENCE_SECONDS = 600


def web() -> bool:
    """Whether the portal reaches its database, asked as the proxy in front would ask."""
    host = urlsplit(os.environ["SITE_URL"]).netloc
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
    connection.request("GET", "/healthz/", headers={"Host": host, "X-Forwarded-Proto": "https"})
    return connection.getresponse().status == HTTPStatus.OK


def beat() -> bool:
    """Whether beat has saved its schedule lately; it does so every three minutes."""
    saved = [file.stat().st_mtime for file in BEAT_FOLDER.glob("beat-schedule*")]
    return bool(saved) and time.time() - max(saved) < BEAT_SILENCE_SECONDS


CHECKS = {"web": web, "beat": beat}

if __name__ == "__main__":
    sys.exit(0 if CHECKS[sys.argv[1]]() else 1)
