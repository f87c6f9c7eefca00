"""The container files name only what exists, keep no secret, and say how each part proves its health."""

import re
import shlex
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
INSTRUCTIONS = [line.split(maxsplit=1) for line in DOCKERFILE.splitlines() if line and line[0] not in "# "]
OURS = [name for name, service in SERVICES.items() if "build" in service]
# How e-mail goes out is the installation's choice.
MAY_BE_EMPTY = ("EMAIL_HOST_PASSWORD", "NOTIFY_API_KEY")
SECRET_NAME = re.compile("SECRET|PASSWORD|TOKEN|_KEY")


def instructions(word: str) -> list[str]:
    """The arguments of every Dockerfile instruction of one kind."""
    return [arguments for name, arguments in INSTRUCTIONS if name == word]


def image_command() -> list[str]:
    """What the image runs when compose names no command."""
    return [str(part) for part in yaml.safe_load(instructions("CMD")[-1])]


def commands_of(service: dict[str, Any]) -> list[list[str]]:
    """Every command line a service runs: its own, and its health check's."""
    lines = [service.get("command", image_command())]
    if "test" in service.get("healthcheck", {}):
        kind, *check = service["healthcheck"]["test"]
        lines.append(["sh", "-c", *check] if kind == "CMD-SHELL" else check)
    return [part for line in lines for part in unwrapped(line)]


def unwrapped(line: list[str]) -> list[list[str]]:
    """The commands inside a line of `sh -c`, or the line itself."""
    if line[:2] != ["sh", "-c"]:
        return [line]
    return [shlex.split(part) for part in re.split(r"&&|\|", line[2])]


def exists(command: list[str]) -> bool:
    """Whether our image can run this command: the program, and the module, script or command it names."""
    program, *arguments = command
    match program:
        case "python":
            script = next(part for part in arguments if not part.startswith("-"))
            known = arguments[1] in get_commands() if script == "manage.py" else True
            return (ROOT / script).is_file() and known
        case "gunicorn":
            return find_spec("gunicorn") is not None and hasattr(import_module(arguments[0]), "application")
        case "celery":
            app = import_module(arguments[arguments.index("--app") + 1])
            return hasattr(app, "celery_app") and arguments[2] in {"worker", "beat", "inspect"}
    return False


@pytest.mark.parametrize("name", OURS)
def test_every_command_exists(name: str) -> None:
    for command in commands_of(SERVICES[name]):
        assert exists(command), command


@pytest.mark.parametrize(
    "command", [["python", "missing.py"], ["python", "manage.py", "nonsense"], ["nonsense"]]
)
def test_a_missing_command_is_noticed(command: list[str]) -> None:
    assert not exists(command)


def test_every_part_is_there_and_has_a_health_check() -> None:
    assert set(SERVICES) == {"migrate", "web", "worker", "beat", "postgres", "redis", "clamav"}
    without = {name for name, service in SERVICES.items() if "test" not in service.get("healthcheck", {})}
    assert without == {"migrate"}, "only the one-shot has no health to check"


def test_parts_wait_for_what_they_need() -> None:
    for name in ("web", "worker", "beat"):
        needs = SERVICES[name]["depends_on"]
        assert needs["migrate"] == {"condition": "service_completed_successfully"}
        assert needs["redis"] == {"condition": "service_healthy"}


def test_parts_restart_and_stop_gently() -> None:
    for name, service in SERVICES.items():
        assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")
        assert name == "migrate" or "stop_grace_period" in service


def test_the_broker_forgets_nothing() -> None:
    command = " ".join(SERVICES["redis"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


def test_data_lives_in_named_volumes() -> None:
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


def test_no_secret_is_written_down() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if SECRET_NAME.search(name) and name not in MAY_BE_EMPTY:
                assert re.fullmatch(r"\$\{\w+:\?[^}]+\}", value), f"{name} must come from the environment"
    assert not [line for line in instructions("ENV") + instructions("ARG") if SECRET_NAME.search(line)]
    for line in (ROOT / ".env.example").read_text().splitlines():
        name, _, value = line.partition("=")
        assert line.startswith("#") or not SECRET_NAME.search(name) or not value


def test_every_variable_of_compose_is_explained() -> None:
    wanted = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    explained = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert wanted - explained == {"LOG_LEVEL"}


def test_the_image_runs_as_an_ordinary_user() -> None:
    assert instructions("USER") == ["portal"]
    assert [name for name, _ in INSTRUCTIONS].index("USER") < [name for name, _ in INSTRUCTIONS].index("CMD")


def test_everything_copied_exists_and_is_sent() -> None:
    sent = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines()}
    for line in instructions("COPY"):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert source in sent, f"{source} is kept out by .dockerignore"


def test_packages_are_pinned_by_hash() -> None:
    installs = [line for line in instructions("RUN") if "pip install" in line]
    assert installs
    assert all("--require-hashes -r requirements.txt" in line for line in installs)
    assert "npm ci --ignore-scripts" in DOCKERFILE


def test_web_and_worker_share_the_files_and_nobody_else_has_them() -> None:
    """The containers are read-only: what people hand in goes to a volume that the image lets us write to."""
    folder = SERVICES["web"]["environment"]["FILES_ROOT"]
    having = {name for name, service in SERVICES.items() if f"files:{folder}" in service.get("volumes", [])}
    assert having == {"web", "worker"}
    made = next(line for line in instructions("RUN") if "install --directory" in line)
    assert f" {folder}" in made
    assert "--owner=portal" in made


def test_the_scanner_is_there_only_for_those_who_want_it() -> None:
    assert SERVICES["clamav"]["profiles"] == ["scanner"]
    assert SERVICES["web"]["environment"]["CLAMD_URL"] == "${CLAMD_URL:-}"
    assert not [name for name, service in SERVICES.items() if "clamav" in service.get("depends_on", {})]
