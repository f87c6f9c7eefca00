"""Collects static files when, and only when, something they are made of has changed."""

import fcntl
import hashlib
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from vru_portal.bootstrap import LOGS, ROOT, Trouble

STAMP = ROOT / "var" / "static" / ".collected"
SOURCES = ("package-lock.json", "requirements.txt", "vru_portal/assets.py", "vru_portal/settings.py")


def collect_static(env: dict[str, str]) -> None:
    """Run collectstatic if its inputs changed. Two commands started together take turns. Raises Trouble."""
    with (ROOT / "var" / "static.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        wanted = state_of([ROOT / name for name in SOURCES] + sorted((ROOT / "static").rglob("*")))
        if STAMP.exists() and STAMP.read_text() == wanted:
            return
        print("Collecting static files ...", flush=True)
        run_or_explain("Collecting static files", ["manage.py", "collectstatic", "--noinput"], env)
        STAMP.write_text(wanted)


def state_of(files: Iterable[Path]) -> str:
    """One hash of the files' names, sizes and times."""
    facts = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files if file.is_file()]
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def run_or_explain(what: str, arguments: list[str], env: dict[str, str]) -> None:
    """Run our Python with its output in var/log. Raises Trouble with its last line if it fails."""
    log = LOGS / f"{what.lower().replace(' ', '-')}.log"
    with log.open("wb") as output:
        result = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, stdout=output, stderr=output)
    if result.returncode:
        lines = log.read_text(errors="replace").strip().splitlines() or ["no message"]
        raise Trouble(f"{what} failed: {lines[-1]} The whole output is in {log.relative_to(ROOT)}.")
