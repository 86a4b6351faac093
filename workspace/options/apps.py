from workspace.rooms import Room


class OptionsRoom(Room):
    name = "workspace.options"
    label = "workspace_options"
