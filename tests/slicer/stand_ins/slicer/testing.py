"""Running the unit test of a module, as CTest has Slicer do it."""
from __future__ import annotations

import sys
import unittest


def runUnitTest(path, testname):
    """Loads every test of the module ``testname`` found on the path; raises when one fails."""
    for folder in reversed([path] if isinstance(path, str) else list(path)):
        sys.path.insert(0, folder)
    suite = unittest.TestLoader().loadTestsFromName(testname)
    result = unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(suite)
    if not result.wasSuccessful():
        raise Exception("Test failed")
