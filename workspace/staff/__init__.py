"""Who works here, as pages, acts and administration: coming in by invitation, roles, departments, leaving."""
