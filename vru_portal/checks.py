"""What `make check` holds the code to. Every check runs, so that one run names all that is wrong."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from typing import IO

from vru_portal.bootstrap import ROOT
from vru_portal.processes import guarded

# A server as it will be deployed, for Django's own deployment checks.
PRODUCTION = {"DEBUG": "false", "DEMO_MODE": "false", "SITE_URL": "https://vru.example.org"}
LINTER = {"DJANGO_SETTINGS_MODULE": "vru_portal.checks_settings"}

# The long ones first, so that none of them is left to run alone.
CHECKS: dict[str, tuple[str, dict[str, str]]] = {
    "types": ("mypy", {}),
    "unsafe migrations": ("python manage.py lintmigrations", LINTER),
    "templates": ("djlint --lint --quiet templates", {}),
    "arrows between modules": ("lint-imports", {}),
    "missing migrations": ("python manage.py makemigrations --check --dry-run", {}),
    "deployment": ("python manage.py check --deploy --fail-level WARNING", PRODUCTION),
    "lint": ("ruff check", {}),
    "format": ("ruff format --check", {}),
}


def check(arguments: list[str], env: dict[str, str]) -> int:
    """Run every check, or those named in `arguments`. Returns 1 if any failed."""
    failed = []
    for name, said, code in checked([name for name in CHECKS if not arguments or name in arguments], env):
        print(f"== {name}: {CHECKS[name][0]}\n{said}", end="", flush=True)
        if code:
            failed.append(name)
    print(f"Checks failed: {', '.join(failed)}" if failed else "All checks passed", flush=True)
    return 1 if failed else 0


def checked(names: list[str], env: dict[str, str]) -> Iterator[tuple[str, str, int]]:
    """What each check says, and its exit code, in the order in which they end.

    As many at a time as there are cores: most are busy with one. However this ends, all of them have ended.
    """
    waiting, running = list(names), dict[str, tuple[subprocess.Popen[bytes], IO[bytes]]]()
    with contextlib.ExitStack() as stack:
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                name = waiting.pop(0)
                running[name] = started(name, env, stack)
            for name, (process, output) in list(running.items()):
                if process.poll() is not None:
                    output.seek(0)
                    yield name, output.read().decode(errors="replace"), process.returncode
                    del running[name]
            time.sleep(0.05)


def started(
    name: str, env: dict[str, str], stack: contextlib.ExitStack
) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
    """One check, which is killed if it still runs when the stack unwinds; and the file that it writes to."""
    command, settings = CHECKS[name]
    output = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
    process = stack.enter_context(
        subprocess.Popen(
            [*guarded(signal.SIGTERM), *command.split()],
            cwd=ROOT,
            env=env | settings,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    )
    stack.callback(process.kill)
    return process, output
