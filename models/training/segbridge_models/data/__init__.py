"""Images and targets for training and evaluation.

Slices are (H, W) arrays; volumes are (k, j, i).  Images handed on are float32 in [0, 1], targets
float32 in [0, 1] (soft where they were resampled).
"""
