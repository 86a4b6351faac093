"""What happens to imports, from the upload of a file to its result."""

from leads.imports.actions.checking import start_check
from leads.imports.actions.preparing import ImportMoved, agree, drop, look_again, suggest_anew, upload
from leads.imports.actions.reverting import NotRevertible, start_revert, stop_revert
from leads.imports.actions.running import start_run, stop

__all__ = [
    "ImportMoved",
    "NotRevertible",
    "agree",
    "drop",
    "look_again",
    "start_check",
    "start_revert",
    "start_run",
    "stop",
    "stop_revert",
    "suggest_anew",
    "upload",
]
