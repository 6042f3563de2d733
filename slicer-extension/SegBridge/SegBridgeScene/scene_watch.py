"""Tells when the scene changes beneath the work."""
from __future__ import annotations

from typing import Any, Callable, Dict

import slicer
import vtk
from slicer.util import VTKObservationMixin

Called = Callable[[], None]


def _nothing() -> None:
    pass


class SceneWatch(VTKObservationMixin):
    """Calls ``on_...`` for what happens to the scene and to the nodes under watch."""

    def __init__(self) -> None:
        VTKObservationMixin.__init__(self)
        self.on_scene_closing: Called = _nothing
        self.on_scene_loaded: Called = _nothing
        self.on_node_removed: Callable[[Any], None] = lambda node: None
        self.on_volume_changed: Called = _nothing
        self.on_segments_changed: Called = _nothing
        self.on_segment_removed: Called = _nothing
        self.on_voxels_edited: Called = _nothing
        self.on_representation_changed: Called = _nothing
        self._watched: Dict[str, Any] = {}
        scene = slicer.mrmlScene
        self.addObserver(scene, scene.StartCloseEvent, self._closing)
        self.addObserver(scene, scene.EndImportEvent, self._loaded)
        self.addObserver(scene, scene.NodeAboutToBeRemovedEvent, self._removed)

    def watch_volume(self, node: Any) -> None:
        events = (
            slicer.vtkMRMLVolumeNode.ImageDataModifiedEvent, slicer.vtkMRMLTransformableNode.TransformModifiedEvent,
            vtk.vtkCommand.ModifiedEvent)
        self._watch("volume", node, {event: self._volume for event in events})

    def watch_segmentation(self, node: Any) -> None:
        self._watch("segmentation node", node, {slicer.vtkMRMLSegmentationNode.SegmentationChangedEvent: self._replaced})
        self._watch_segments(node)

    def _watch_segments(self, node: Any) -> None:
        kinds = slicer.vtkSegmentation
        self._watch("segmentation", node.GetSegmentation() if node is not None else None, {
            kinds.SegmentAdded: self._segments, kinds.SegmentRemoved: self._segment_removed,
            kinds.SegmentModified: self._segments, kinds.SourceRepresentationModified: self._edited,
            kinds.ContainedRepresentationNamesModified: self._representation})

    def close(self) -> None:
        self.removeObservers()
        self._watched.clear()

    def _watch(self, name: str, watched: Any, methods: Dict[int, Any]) -> None:
        before = self._watched.pop(name, None)
        for event, method in methods.items():
            if before is not None and self.hasObserver(before, event, method):
                self.removeObserver(before, event, method)
            if watched is not None:
                self.addObserver(watched, event, method)
        if watched is not None:
            self._watched[name] = watched

    def _closing(self, caller: Any, event: Any) -> None:
        self.on_scene_closing()

    def _loaded(self, caller: Any, event: Any) -> None:
        self.on_scene_loaded()

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _removed(self, caller: Any, event: Any, node: Any) -> None:
        self.on_node_removed(node)

    def _volume(self, caller: Any, event: Any) -> None:
        self.on_volume_changed()

    def _segments(self, caller: Any, event: Any) -> None:
        self.on_segments_changed()

    def _segment_removed(self, caller: Any, event: Any) -> None:
        self.on_segment_removed()
        self.on_segments_changed()

    def _representation(self, caller: Any, event: Any) -> None:
        self.on_representation_changed()

    def _edited(self, caller: Any, event: Any) -> None:
        self.on_voxels_edited()

    def _replaced(self, caller: Any, event: Any) -> None:
        """Slicer has given the node another vtkSegmentation, as a sequence does from frame to frame."""
        self._watch_segments(caller)
        self.on_segment_removed()
        self.on_segments_changed()
        self.on_voxels_edited()
