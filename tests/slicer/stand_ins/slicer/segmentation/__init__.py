"""Segments, segmentations and their labelmaps."""
