"""Slicer loads SegmentEditorEffect.py of this folder under the folder's name; its parts are in SegBridgeEffect."""
