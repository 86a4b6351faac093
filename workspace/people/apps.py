from workspace.rooms import Room


class PeopleRoom(Room):
    name = "workspace.people"
    label = "workspace_people"
