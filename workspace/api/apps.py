from workspace.rooms import Room


class ApiRoom(Room):
    name = "workspace.api"
    label = "workspace_api"
