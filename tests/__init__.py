"""What crosses rooms: running the whole, browser journeys, the API's contract."""
