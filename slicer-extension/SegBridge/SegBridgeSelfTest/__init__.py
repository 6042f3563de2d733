"""The test that runs inside 3D Slicer, against a real server."""
