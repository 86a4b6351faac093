"""What the bell makes known: its link among the visitor's settings."""

from workspace import slots

slots.fill("settings.main", 40, "workspace/bell/_settings.html")
