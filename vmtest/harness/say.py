# SPDX-License-Identifier: Apache-2.0
"""What the harness tells people. Owns wording of progress and of fatal errors, nothing else."""

import sys
import time

START = time.monotonic()


class Trouble(Exception):
    """Something the user must know and can act upon; the message says both."""


def say(text):
    print(f"vmtest {time.monotonic() - START:6.1f}s  {text}", flush=True)


def guarded(main):
    """Runs main(); Trouble becomes a message and exit status 2 instead of a traceback."""
    try:
        return main()
    except Trouble as trouble:
        print(f"vmtest: {trouble}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
