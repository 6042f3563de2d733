"""How markups are shown."""
from __future__ import annotations

from typing import Any

from .storable import vtkMRMLDisplayNode


class vtkMRMLMarkupsDisplayNode(vtkMRMLDisplayNode):
    FIELDS = {"GlyphScale": 3.0, "GlyphSize": 5.0, "UseGlyphScale": True, "GlyphType": 6, "TextScale": 3.0, "PointLabelsVisibility": True,
              "PropertiesLabelVisibility": True, "FillVisibility": True, "OutlineVisibility": True, "FillOpacity": 0.5, "OutlineOpacity": 1.0,
              "ActiveColor": (0.4, 1.0, 0.0), "LineThickness": 0.2, "LineDiameter": 1.0, "CurveLineSizeMode": 0, "SnapMode": 1,
              "SliceProjection": False, "SliceProjectionOpacity": 0.6, "SliceProjectionColor": (1.0, 1.0, 1.0),
              "SliceProjectionUseFiducialColor": True, "HandlesInteractive": False, "TranslationHandleVisibility": True,
              "RotationHandleVisibility": False, "ScaleHandleVisibility": True, "OccludedVisibility": False, "OccludedOpacity": 0.3,
              "LineDirectionVisibility": False}

    def GetMarkupsNode(self) -> Any:
        return self.GetDisplayableNode()

    def GetActiveControlPoint(self, context: str = "") -> int:
        return -1

    def SetGlyphTypeFromString(self, name: str) -> None:
        self.SetGlyphType(getattr(self, name))


class vtkMRMLMarkupsFiducialDisplayNode(vtkMRMLMarkupsDisplayNode):
    pass


class vtkMRMLMarkupsROIDisplayNode(vtkMRMLMarkupsDisplayNode):
    pass


class vtkMRMLMarkupsPlaneDisplayNode(vtkMRMLMarkupsDisplayNode):
    pass
