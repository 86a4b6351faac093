"""Typed settings of the workspace, declared by the rooms that read them."""
