"""What can go wrong with the embedded server, in words for the console."""


class EmbeddedServerError(Exception):
    """The embedded server cannot do what was asked; the message says why and what to do."""
