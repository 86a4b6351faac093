from workspace.rooms import Room


class FunnelRoom(Room):
    name = "leads.funnel"
    label = "leads_funnel"
