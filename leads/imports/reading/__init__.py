"""Reading files that others wrote: their encoding, their delimiter, their rows; in one pass, with flat memory."""
