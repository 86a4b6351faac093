"""Companies, leads and deals: the shared record of both departments, and every way it changes."""
