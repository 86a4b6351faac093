"""Commitments: who owes whom what by when, on a clock of working time. Between departments they are called promises."""
