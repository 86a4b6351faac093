"""The saved lists of the demo company: one for everybody, one for a department, and one of its rep's own."""

from leads.records import actions
from leads.records.demo.world import World

_LISTS = (
    ("marketing-lead", "Active this month", "active_in=30&tab=open", "all", "-last_activity_at"),
    ("sales-lead", "Over 100,000", "value_min=100000&tab=open", "department", "-value"),
    ("rep", "No next step", "has_no=next_step&tab=mine", "private", "created_at"),
)


def save(world: World) -> None:
    """Save them as their people would have done it."""
    for owner, name, query, sharing, ordering in _LISTS:
        by = world.people[owner]
        department = by.departments.get() if sharing == "department" else None
        values = {"name": name, "query": query, "sharing": sharing, "department": department, "ordering": ordering}
        actions.create_segment(values, by=by, at=world.days_ago(20))
