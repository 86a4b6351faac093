from workspace.rooms import Room


class FilesRoom(Room):
    name = "workspace.files"
    label = "workspace_files"
