from workspace.rooms import Room


class AudienceRoom(Room):
    name = "leads.audience"
    label = "leads_audience"
