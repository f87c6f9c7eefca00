"""`make demo`: servers, data, web, worker and beat on this machine, until Ctrl-C."""

import contextlib
import errno
import fcntl
import http.client
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from vru_portal.bootstrap import LOGS, ROOT, Trouble, fingerprint
from vru_portal.collected import collect_static, run_or_explain
from vru_portal.processes import Processes
from vru_portal.servers import Servers, kept_secret, servers

FOLDER = ROOT / "var" / "demo"
SIGN_INS = FOLDER / "sign-ins.txt"
PREPARED = FOLDER / "prepared"
ANSWER_SECONDS = 60
SERVER_ERROR = 500


def demo() -> None:
    """Run the demonstration until interrupted. Raises Trouble if it cannot start or a part of it stops."""
    port = chosen_port()
    with sole_use(FOLDER), servers(FOLDER) as running, Processes() as portal:
        env = running.env | demo_settings(port)
        collect_static(env)
        prepare(env)
        start_web(portal, env, port)
        wait_until_answers(portal, port)
        start_jobs(portal, env)
        print(f"Ready: http://127.0.0.1:{port}\n\n{SIGN_INS.read_text()}\nPress Ctrl-C to stop.", flush=True)
        watch(running, portal)


def chosen_port() -> int:
    """The port from PORT, or 8000. Raises Trouble if it is no port or something uses it."""
    text = os.environ.get("PORT", "8000")
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 65535:
        raise Trouble(f"PORT must be a number from 1 to 65535, not {text!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(text)))
        except OSError as error:
            reason = "is in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
            raise Trouble(f"Port {text} {reason}. Choose another: make demo PORT=8001") from None
    return int(text)


@contextlib.contextmanager
def sole_use(folder: Path) -> Iterator[None]:
    """Hold the data folder for this launcher alone. Raises Trouble if another has it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble("The demonstration already runs from this folder. Stop it first.") from None
        yield


def demo_settings(port: int) -> dict[str, str]:
    """Settings of the demonstration. Its secret key is made once, so that a restart signs nobody out."""
    return {
        "DEMO_MODE": "true",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "SECRET_KEY": kept_secret(ROOT / "var" / "secret-key"),
        "PYTHONUNBUFFERED": "1",
    }


def prepare(env: dict[str, str]) -> None:
    """Migrate and load the demonstration data, unless our own database already has both."""
    sources = [ROOT / "requirements.txt", *ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/management/**/*.py")]
    wanted = fingerprint(tuple(str(source) for source in sorted(sources)))
    own_database = not os.environ.get("DATABASE_URL")
    if own_database and PREPARED.exists() and PREPARED.read_text() == wanted:
        return
    print("Preparing the database ...", flush=True)
    run_or_explain("Preparing the database", ["-m", "vru_portal.preparation", str(SIGN_INS)], env)
    PREPARED.write_text(wanted if own_database else "")


def start_web(portal: Processes, env: dict[str, str], port: int) -> None:
    """Start gunicorn."""
    command = [sys.executable, "-m", "gunicorn", "vru_portal.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket"]
    portal.start("The web server", command, log=LOGS / "web.log", env=env)


def start_jobs(portal: Processes, env: dict[str, str]) -> None:
    """Start the Celery worker and beat."""
    celery = [sys.executable, "-m", "celery", "--app", "vru_portal"]
    schedule = str(FOLDER / "beat-schedule")
    worker = [*celery, "worker", "--loglevel", "INFO", "--concurrency", "1"]
    beat = [*celery, "beat", "--loglevel", "INFO", "--schedule", schedule, "--pidfile", ""]
    portal.start("The worker", worker, log=LOGS / "worker.log", env=env)
    portal.start("Beat", beat, log=LOGS / "beat.log", env=env)


def wait_until_answers(portal: Processes, port: int) -> None:
    """Return once GET / answers. Raises Trouble if the server stops, is too slow or answers with an error."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while (status := status_of_start_page(port)) is None:
        portal.check()
        if time.monotonic() > deadline:
            raise Trouble(f"The portal did not answer within {ANSWER_SECONDS} seconds. See var/log/web.log.")
        time.sleep(0.05)
    if status >= SERVER_ERROR:
        raise Trouble(f"The portal's start page fails with error {status}. See var/log/web.log.")


def status_of_start_page(port: int) -> int | None:
    """The HTTP status of GET /, or None while nothing answers."""
    with contextlib.closing(
        http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    ) as connection:
        try:
            connection.request("GET", "/")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None


def watch(running: Servers, portal: Processes) -> None:
    """Sleep until interrupted. Raises Trouble when any process ends by itself."""
    while True:
        portal.check()
        running.processes.check()
        time.sleep(0.5)
