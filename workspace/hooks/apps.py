from workspace.rooms import Room


class HooksRoom(Room):
    name = "workspace.hooks"
    label = "workspace_hooks"
