"""What `make check` holds the code to. Every check runs, so that one run names all that is wrong."""

import subprocess

from vru_portal.bootstrap import ROOT

# A server as it will be deployed, for Django's own deployment checks.
PRODUCTION = {"DEBUG": "false", "DEMO_MODE": "false", "SITE_URL": "https://vru.example.org"}
LINTER = {"DJANGO_SETTINGS_MODULE": "vru_portal.checks_settings"}

CHECKS: dict[str, tuple[str, dict[str, str]]] = {
    "lint": ("ruff check", {}),
    "format": ("ruff format --check", {}),
    "types": ("mypy", {}),
    "templates": ("djlint --lint --quiet templates", {}),
    "arrows between modules": ("lint-imports", {}),
    "missing migrations": ("python manage.py makemigrations --check --dry-run", {}),
    "unsafe migrations": ("python manage.py lintmigrations", LINTER),
    "deployment": ("python manage.py check --deploy --fail-level WARNING", PRODUCTION),
}


def check(arguments: list[str], env: dict[str, str]) -> int:
    """Run every check, or those named in `arguments`. Returns 1 if any failed."""
    failed = []
    for name, (command, settings) in CHECKS.items():
        if arguments and name not in arguments:
            continue
        print(f"== {name}: {command}", flush=True)
        if subprocess.run(command.split(), cwd=ROOT, env=env | settings).returncode:
            failed.append(name)
    print(f"Checks failed: {', '.join(failed)}" if failed else "All checks passed", flush=True)
    return 1 if failed else 0
