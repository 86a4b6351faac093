from workspace.rooms import Room


class JournalRoom(Room):
    name = "workspace.journal"
    label = "workspace_journal"
