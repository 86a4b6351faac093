from workspace.rooms import Room


class PagesRoom(Room):
    name = "workspace.pages"
    label = "workspace_pages"
