"""Whom the company wants to attract: personas and buying roles."""
