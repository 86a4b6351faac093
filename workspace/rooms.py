"""A room is a Django app that makes itself known to lower floors in its `registry.py`."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class Room(AppConfig):
    """Loads the room's `registry.py`, where it has one, as soon as all models are there."""

    default_auto_field = "django.db.models.BigAutoField"
    # Django looks for the one AppConfig of an `apps.py` by this mark; the imported base class is none.
    default = False

    def __init_subclass__(cls) -> None:
        cls.default = True

    def ready(self) -> None:
        if find_spec(f"{self.name}.registry") is not None:
            import_module(f"{self.name}.registry")


def is_last(app_config: AppConfig) -> bool:
    """Whether `post_migrate` speaks of the last app with models, so that every app's permissions and tables are there."""
    return [config.name for config in apps.get_app_configs() if config.models_module is not None][-1] == app_config.name
