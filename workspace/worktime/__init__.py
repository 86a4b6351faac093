"""Working time: calendars of the workspace, its departments and its people, absences, and clocks that run in them."""
