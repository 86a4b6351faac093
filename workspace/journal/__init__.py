"""The journal: an append-only record of what happened, read by timelines, scores, numbers and audits."""
