from workspace.rooms import Room


class RecordsRoom(Room):
    name = "leads.records"
    label = "leads_records"
