"""Notices: each person is told what concerns them, by the bell, by mail or in a digest, as they prefer."""
