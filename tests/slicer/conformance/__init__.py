"""A static check of the extension's Python against Slicer 5.8 to 5.13: names that exist, PythonQt's traps, Python 3.9.

python3 -m conformance (in tests/slicer, with stand_ins on PYTHONPATH) prints what it finds in slicer-extension.
"""
from __future__ import annotations
