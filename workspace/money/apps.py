from workspace.rooms import Room


class MoneyRoom(Room):
    name = "workspace.money"
    label = "workspace_money"
