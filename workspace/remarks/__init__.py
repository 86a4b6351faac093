"""Remarks: what colleagues say to each other about a record of any kind, and whom they name with an @."""
