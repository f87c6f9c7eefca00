"""Every command of the Makefile, once the packages are there. All of them run with the servers up.

python -m vru_portal.launcher demo
python -m vru_portal.launcher test tests/funding
python -m vru_portal.launcher run -- python manage.py makemigrations
"""

import contextlib
import errno
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import psycopg2

from vru_portal.bootstrap import ROOT, Trouble
from vru_portal.checks import check
from vru_portal.collected import collect_static
from vru_portal.demo import demo
from vru_portal.processes import GRACE_SECONDS, guarded
from vru_portal.servers import kept_secret, redis_program, servers

INTERRUPTED = 130

Command = Callable[[list[str], dict[str, str]], int]


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code. Whatever stops it, the servers are stopped too."""
    name, rest = (arguments or [""])[0], arguments[1:]
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        if name == "demo":
            demo()
        if name in COMMANDS:
            return with_servers(COMMANDS[name], rest)
        print(f"Say one of: demo, {', '.join(COMMANDS)}")
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0 if name == "demo" else INTERRUPTED
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
    except OSError as error:
        hint = "Free some space, then try again." if error.errno == errno.ENOSPC else ""
        print(f"{error}. {hint}", file=sys.stderr)
    return 1


def interrupt(number: int, frame: FrameType | None) -> None:
    """Unwind on the first signal, through every `with`; ignore more, so that stopping is never cut short."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def with_servers(command: Command, arguments: list[str]) -> int:
    """Run `command` against empty servers of its own, so that two runs never meet."""
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="test-", dir=ROOT / "var") as name:
        redis = "REDIS_URL" if os.environ.get("REDIS_URL") else redis_program(prefer_system=True)
        print(f"Redis: {redis}", flush=True)
        with servers(Path(name), prefer_system_redis=True, is_durable=False) as running:
            return command(arguments, test_settings() | running.env)


def test_settings() -> dict[str, str]:
    """Settings that hold where the environment sets none."""
    return {
        "DJANGO_SETTINGS_MODULE": "vru_portal.settings",
        "SECRET_KEY": kept_secret(ROOT / "var" / "secret-key"),
        "ALLOW_PLAIN_HTTP": "true",
        "LOG_LEVEL": "WARNING",
    }


def run(arguments: list[str], env: dict[str, str]) -> int:
    """Run any command line, `--` before it if you like, and return its exit code."""
    command = arguments[arguments[:1] == ["--"] :]
    process = subprocess.Popen([*guarded(signal.SIGTERM), *command], cwd=ROOT, env=env)
    try:
        return process.wait()
    finally:
        # Ctrl-C has reached the child too; a signal to the launcher alone has not.
        stop_gently(process)


def stop_gently(process: subprocess.Popen[bytes]) -> None:
    """Give a child time to end, then ask, then insist."""
    for insist in (process.poll, process.terminate, process.kill):
        insist()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS / 2)
            return


def test(arguments: list[str], env: dict[str, str]) -> int:
    """Run the checks and every test but the benchmarks; with arguments, only what they select."""
    if arguments:
        return pytest(arguments, env)
    with migrated(env) as template:
        checked = check([], env)
    # A file stays with one process: its tests share what is slow to make. In the order of the folders, since
    # xdist's own puts the files of few, slow tests last, where one process works and the others wait.
    # One process more than there are cores: many tests wait for a browser, a worker or a clock.
    processes = str(min(4, (os.cpu_count() or 1) + 1))
    spread = ["-n", processes, "--dist", "loadfile", "--no-loadscope-reorder"]
    return pytest(["--ignore=tests/bench", *spread], env | template) or checked


@contextlib.contextmanager
def migrated(env: dict[str, str]) -> Iterator[dict[str, str]]:
    """Migrate a database beside what is done meanwhile. Test processes copy it: that is 20 times quicker."""
    if os.environ.get("DATABASE_URL"):
        yield {}  # somebody's own server is left without one more database
        return
    name = "migrated"
    with contextlib.closing(psycopg2.connect(env["DATABASE_URL"])) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name}")
    own = env | {"DATABASE_URL": env["DATABASE_URL"].rpartition("/")[0] + f"/{name}"}
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    process = subprocess.Popen([*guarded(signal.SIGTERM), *command], cwd=ROOT, env=own)
    try:
        yield {"TEST_TEMPLATE": name}
        process.wait()
    finally:
        stop_gently(process)


def bench(arguments: list[str], env: dict[str, str]) -> int:
    """Run the benchmarks and show what they print."""
    return pytest(["tests/bench", "-s", "-q", *arguments], env)


def proof(arguments: list[str], env: dict[str, str]) -> int:
    """Try the strongest claims 200 times each, and every cell of who may do what; show the figures."""
    return pytest(
        ["tests/proof", "tests/architecture/test_access_matrix.py", "-s", "-q", *arguments],
        {"PROOF_ROUNDS": "200"} | env,
    )


def pytest(arguments: list[str], env: dict[str, str]) -> int:
    """Run pytest with static files in place: pages look up fingerprinted names."""
    collect_static(env)
    return run([sys.executable, "-m", "pytest", *arguments], env)


def screenshots(arguments: list[str], env: dict[str, str]) -> int:
    """Take pictures of the demonstration's pages."""
    collect_static(env)
    return run([sys.executable, "-m", "tests.screenshots", *arguments], env | {"DEMO_MODE": "true"})


COMMANDS: dict[str, Command] = {
    "test": test,
    "check": check,
    "bench": bench,
    "proof": proof,
    "screenshots": screenshots,
    "run": run,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
