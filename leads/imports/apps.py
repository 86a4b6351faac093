from workspace.rooms import Room


class ImportsRoom(Room):
    name = "leads.imports"
    label = "leads_imports"
