"""What a saved scene remembers of the work. No key, no image data."""
# No "from __future__ import annotations": the wrapper evaluates the annotations.
from typing import Annotated

from slicer import vtkMRMLScalarVolumeNode, vtkMRMLSegmentationNode
from slicer.parameterNodeWrapper import WithinRange, parameterNodeWrapper



@parameterNodeWrapper
class SegBridgeParameters:
    """Parameters of the loop, kept with the scene."""

    volume: vtkMRMLScalarVolumeNode
    segmentation: vtkMRMLSegmentationNode
    segmentId: str = ""
    modelId: str = ""
    taskId: str = ""
    # Radius of the scribble brush, mm.
    brushMm: Annotated[float, WithinRange(0.5, 50.0)] = 3.0
    autoPredict: bool = True
    sessionId: str = ""
    # Where the session is; consent and keys are application settings.
    serverAddress: str = ""
