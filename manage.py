#!/usr/bin/env python
"""Smarketing's command line: `manage.py up` starts the workspace, `manage.py help` lists the rest."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smarketing.settings")
    from django.core.management import execute_from_command_line

    from smarketing.embedded import commands

    commands.run(execute_from_command_line, sys.argv)


if __name__ == "__main__":
    main()
