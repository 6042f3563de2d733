"""The phantom in the scene: on an oblique grid, and under a transform when wanted."""
from __future__ import annotations

from typing import Any

import numpy as np
import slicer
from SegBridgeSamples.phantom import make_phantom
from SegBridgeSamples.sample_data import loadPhantom


class PhantomInScene:
    """``volumeNode`` in the scene, ``truth``: bool (k, j, i)."""

    def __init__(self, transformed: bool = True) -> None:
        phantom = make_phantom(oblique=True)
        self.truth = phantom.tumour
        self.volumeNode = loadPhantom(oblique=True)
        self._ijkToWorld = phantom.ijk_to_ras
        if transformed:
            angle = np.radians(20.0)
            toWorld = np.eye(4)
            toWorld[:2, :2] = ((np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle)))
            toWorld[:3, 3] = (12.0, -30.0, 55.0)
            transformNode = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "PhantomPosition")
            transformNode.SetMatrixTransformToParent(slicer.util.vtkMatrixFromArray(toWorld))
            self.volumeNode.SetAndObserveTransformNodeID(transformNode.GetID())
            self._ijkToWorld = toWorld @ phantom.ijk_to_ras

    @property
    def bestSlice(self) -> int:
        """Index k of the slice with most of the tumour."""
        return int(self.truth.sum(axis=(1, 2)).argmax())

    def world(self, ijk: Any) -> np.ndarray:
        """World RAS millimetres of voxel indices (..., 3)."""
        return np.asarray(ijk, dtype=float) @ self._ijkToWorld[:3, :3].T + self._ijkToWorld[:3, 3]

    def worldOnSlice(self, ij: Any, k: int) -> np.ndarray:
        """World RAS millimetres of pixels (..., 2) of the slice k."""
        pixels = np.asarray(ij, dtype=float)
        return self.world(np.concatenate([pixels, np.full(pixels.shape[:-1] + (1,), float(k))], axis=-1))

    def worldBox(self, margin: int = 1) -> np.ndarray:
        """World RAS millimetres (8, 3) of the corners of a box around the tumour, in voxels larger by ``margin``."""
        indices = np.argwhere(self.truth)[:, ::-1]
        lower, upper = indices.min(axis=0) - 0.5 - margin, indices.max(axis=0) + 0.5 + margin
        return self.world([[(lower, upper)[n >> axis & 1][axis] for axis in range(3)] for n in range(8)])

    def maskOf(self, segmentationNode: Any, segmentId: str) -> np.ndarray:
        """A segment on the volume's grid, bool (k, j, i)."""
        labelmap = segmentationNode.GetBinaryLabelmapInternalRepresentation(segmentId)
        if labelmap is None or labelmap.IsEmpty():
            # Slicer exports segments that have voxels only.
            return np.zeros(self.truth.shape, dtype=bool)
        return slicer.util.arrayFromSegmentBinaryLabelmap(segmentationNode, segmentId, self.volumeNode) > 0
