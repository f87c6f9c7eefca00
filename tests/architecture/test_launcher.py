"""The launcher leaves nothing behind and says in one sentence what is wrong."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from vru_portal import bootstrap, demo
from vru_portal.bootstrap import ROOT, Trouble
from vru_portal.processes import Processes
from vru_portal.servers import kept_secret, servers

# A child with a child of its own; both ignore a polite request to stop.
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(subprocess.Popen(["sleep", "300"]).pid, flush=True)
time.sleep(300)
"""
SHOW_ADDRESSES = "import os; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL'])"


@pytest.fixture
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


def launch(*arguments: str) -> "subprocess.Popen[str]":
    """Start the launcher as a person would, in a session of its own."""
    command = [sys.executable, "-m", "vru_portal.launcher", *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)


def eventually(fact: Callable[[], bool]) -> bool:
    """Whether something becomes true within five seconds."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if fact():
            return True
        time.sleep(0.05)
    return False


def running(pid: int) -> bool:
    """Whether a process is there and not only waiting to be buried."""
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_stopping_ends_children_of_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vru_portal.processes.GRACE_SECONDS", 0.5)
    log = tmp_path / "log"
    with Processes() as processes:
        child = processes.start("Stubborn", [sys.executable, "-c", STUBBORN], log=log)
        assert eventually(lambda: log.read_text().strip().isdigit())
        grandchild = int(log.read_text())
        assert running(grandchild)

    assert child.process.poll() == -signal.SIGKILL
    assert eventually(lambda: not running(grandchild))


def test_an_ended_child_is_named(tmp_path: Path) -> None:
    with Processes() as processes:
        last_words = [sys.executable, "-c", "raise ValueError('no room left')"]
        processes.start("The worker", last_words, log=tmp_path / "log").process.wait()

        with pytest.raises(Trouble, match="The worker stopped by itself: ValueError: no room left"):
            processes.check()


def test_a_killed_child_is_named(tmp_path: Path) -> None:
    with Processes() as processes:
        child = processes.start("Beat", ["sleep", "60"], log=tmp_path / "log")
        child.process.kill()
        child.process.wait()

        with pytest.raises(Trouble, match="Beat was stopped from outside by SIGKILL"):
            processes.check()


@pytest.mark.usefixtures("bare_environment")
def test_a_command_finds_its_own_servers_and_its_exit_code_counts() -> None:
    launcher = launch("run", "--", "python", "-c", SHOW_ADDRESSES + "; raise SystemExit(7)")
    said, _ = launcher.communicate(timeout=60)

    database, redis = said.split()[-2:]
    assert database.startswith("postgresql://postgres:")
    assert redis.startswith("redis://:")
    assert launcher.returncode == 7


@pytest.mark.usefixtures("bare_environment")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_whatever_stops_the_launcher_stops_its_servers(number: signal.Signals) -> None:
    launcher = launch("run", "--", "sh", "-c", "echo started; exec sleep 300")
    assert launcher.stdout
    assert "started\n" in iter(launcher.stdout.readline, "")
    family = psutil.Process(launcher.pid).children(recursive=True)
    assert len(family) > 3, "a command, PostgreSQL with its helpers, Redis"

    os.kill(launcher.pid, number)
    launcher.wait(30)

    _, alive = psutil.wait_procs(family, timeout=10)
    for each in alive:
        each.kill()
    assert alive == []


def test_given_addresses_are_used_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/db")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")

    with servers(tmp_path) as given:
        assert given.env["DATABASE_URL"] == "postgresql://elsewhere/db"
        assert given.env["REDIS_URL"] == "redis://elsewhere/0"
        assert given.processes.children == []


def test_a_busy_port_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        monkeypatch.setenv("PORT", str(busy.getsockname()[1]))

        with pytest.raises(Trouble, match=r"Port \d+ is in use. Choose another: make demo PORT="):
            demo.chosen_port()


@pytest.mark.parametrize("port", ["", "http", "0", "70000", "-1", "٨٠٠٠"])
def test_a_wrong_port_is_one_sentence(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(Trouble, match="PORT must be a number from 1 to 65535"):
        demo.chosen_port()


def test_a_folder_serves_one_demonstration(tmp_path: Path) -> None:
    with demo.sole_use(tmp_path), pytest.raises(Trouble, match="already runs"), demo.sole_use(tmp_path):
        pass


def test_a_full_disk_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "MINIMUM_FREE_BYTES", 2**80)
    with pytest.raises(Trouble, match=r"MB free .* Free some space"):
        bootstrap.require_space()


def test_a_failed_download_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "LOGS", tmp_path)
    failing = ["sh", "-c", "echo ERROR: no matching distribution; exit 1"]
    with pytest.raises(Trouble, match="pip failed: ERROR: no matching distribution Check the network"):
        bootstrap.run_quietly(failing, log="pip", hint=bootstrap.DOWNLOAD_HINT)


def test_a_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret-key"
    secret = kept_secret(path)

    assert len(secret) >= 50
    assert kept_secret(path) == secret
    assert path.stat().st_mode & 0o777 == 0o600
