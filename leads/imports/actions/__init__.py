"""What happens to imports, from the upload of a file to its result."""

from leads.imports.actions.checking import start_check
from leads.imports.actions.preparing import ImportMoved, agree, drop, look_again, suggest_anew, upload
from leads.imports.actions.running import start_run, stop

__all__ = ["ImportMoved", "agree", "drop", "look_again", "start_check", "start_run", "stop", "suggest_anew", "upload"]
