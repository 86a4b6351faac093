"""The project's own app: home, health, demo workspace, `manage.py up`."""

from workspace.rooms import Room


class SmarketingRoom(Room):
    name = "smarketing"
