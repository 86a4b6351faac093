"""The shared lead database and everything that moves a lead."""
