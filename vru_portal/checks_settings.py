"""The portal's settings with the migration linter added, which production does not install."""

from vru_portal.settings import *  # noqa: F403
from vru_portal.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
MIGRATION_LINTER_OPTIONS = {"no_cache": True, "include_apps": ["authorities", "funding"]}
