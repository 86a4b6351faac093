from workspace.rooms import Room


class StaffRoom(Room):
    name = "workspace.staff"
    label = "workspace_staff"
