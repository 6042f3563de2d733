"""Prints every finding in the extension; ends with 1 when there are any."""
from __future__ import annotations

import sys

from . import tree

if __name__ == "__main__":
    found = tree.findings()
    print(*found, sep="\n")
    sys.exit(1 if found else 0)
