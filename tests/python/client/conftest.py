"""Makes the client and its tools importable, wherever pytest is started."""
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]
for folder in (_ROOT / "slicer-extension" / "SegBridge", _ROOT / "slicer-extension" / "tools"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
