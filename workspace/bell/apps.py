from workspace.rooms import Room


class BellRoom(Room):
    name = "workspace.bell"
    label = "workspace_bell"
