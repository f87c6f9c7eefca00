"""Child processes: start, watch, and stop without leaving one behind."""

import contextlib
import functools
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from vru_portal.bootstrap import ROOT, Trouble

GRACE_SECONDS = 10.0


@dataclass(frozen=True)
class Child:
    """One running program: its name in sentences, and the signal that asks it to stop."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    stop_signal: signal.Signals

    def last_words(self) -> str:
        """The last complaint in the log, or its last line."""
        lines = [line for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        complaints = [line for line in lines if "FATAL" in line or "Error" in line or "No space" in line]
        return (complaints or lines or ["it said nothing"])[-1].strip()


class Processes:
    """The children of one command. Leaving the `with` block stops them all, and what they started."""

    def __init__(self) -> None:
        self.children: list[Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(
        self,
        name: str,
        command: list[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        guard: tuple[str, ...] = (),
    ) -> Child:
        """Start `command` in a session of its own, so that Ctrl-C reaches only the launcher.

        `guard` are further options of setpriv, which also stops the child if the launcher is killed.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*guarded(stop_signal, guard), *command],
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        child = Child(name, process, log, stop_signal)
        self.children.append(child)
        return child

    def check(self) -> None:
        """Raise Trouble if a child has ended."""
        for child in self.children:
            code = child.process.poll()
            if code is not None and code < 0:
                raise Trouble(f"{child.name} was stopped from outside by {signal.Signals(-code).name}.")
            if code is not None:
                raise Trouble(f"{child.name} stopped by itself: {child.last_words()} See {child.log}.")

    def stop(self) -> None:
        """Ask every child to stop, wait, then kill what is left of their sessions."""
        for child in self.children:
            if child.process.poll() is None:
                child.process.send_signal(child.stop_signal)
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self.children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, deadline - time.monotonic()))
            # A killed parent leaves its workers: the session number still names them.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
        self.children.clear()


def guarded(stop_signal: signal.Signals, options: tuple[str, ...] = ()) -> list[str]:
    """The command prefix that ties a child's life to the launcher's, where the system has setpriv."""
    if not has_setpriv():
        return []
    return ["setpriv", "--pdeathsig", stop_signal.name.removeprefix("SIG"), *options, "--"]


@functools.cache
def has_setpriv() -> bool:
    """Whether setpriv is there and knows --pdeathsig (util-linux 2.33, 2018)."""
    if not shutil.which("setpriv"):
        return False
    return subprocess.run(["setpriv", "--pdeathsig", "TERM", "true"], capture_output=True).returncode == 0
