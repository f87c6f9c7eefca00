"""The portal's settings with the migration linter added, which production does not install."""

from vru_portal.settings import *  # noqa: F403
from vru_portal.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
MIGRATION_LINTER_OPTIONS = {
    "no_cache": True,
    "include_apps": ["authorities", "funding"],
    # Both rename or constrain columns of small tables, and run while the portal is stopped (CHANGELOG.md).
    "ignore_name": ["0002_training_and_deputies", "0002_returns_as_a_product"],
}
