"""Brings the demonstration database up to date, in one process: starting Python costs more than the work."""

import os
import sys
from pathlib import Path

import django
from django.core.management import call_command


def prepare(sign_ins: Path) -> None:
    """Migrate, make the cache table, load the demonstration, and write the table of sign-ins."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("load_demo")
    with sign_ins.open("w") as table:
        call_command("load_demo", sign_ins=True, stdout=table)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vru_portal.settings")
    django.setup()
    prepare(Path(sys.argv[1]))
