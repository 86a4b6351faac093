from workspace.rooms import Room


class JobsRoom(Room):
    name = "workspace.jobs"
    label = "workspace_jobs"
