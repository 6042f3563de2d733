"""Scene and nodes."""
from __future__ import annotations

from .curves import vtkMRMLMarkupsClosedCurveNode, vtkMRMLMarkupsCurveNode, vtkMRMLMarkupsLineNode
from .markups import vtkMRMLMarkupsFiducialNode, vtkMRMLMarkupsNode
from .markups_display import (vtkMRMLMarkupsDisplayNode, vtkMRMLMarkupsFiducialDisplayNode, vtkMRMLMarkupsPlaneDisplayNode,
                              vtkMRMLMarkupsROIDisplayNode)
from .node import vtkMRMLNode
from .roi import vtkMRMLMarkupsROINode
from .scene import vtkMRMLScene
from .segmentation_node import vtkMRMLSegmentationDisplayNode, vtkMRMLSegmentationNode
from .singletons import (vtkMRMLCrosshairNode, vtkMRMLInteractionNode, vtkMRMLScriptedModuleNode, vtkMRMLSegmentEditorNode, vtkMRMLSelectionNode,
                         vtkMRMLSubjectHierarchyConstants, vtkMRMLSubjectHierarchyNode, vtkMRMLTextNode)
from .slices import vtkMRMLAbstractViewNode, vtkMRMLSliceCompositeNode, vtkMRMLSliceNode, vtkMRMLViewNode
from .storable import (vtkMRMLDisplayableNode, vtkMRMLDisplayNode, vtkMRMLMarkupsJsonStorageNode, vtkMRMLSegmentationStorageNode,
                       vtkMRMLStorableNode, vtkMRMLStorageNode, vtkMRMLTransformableNode, vtkMRMLVolumeArchetypeStorageNode)
from .transform import vtkMRMLBSplineTransformNode, vtkMRMLGridTransformNode, vtkMRMLLinearTransformNode, vtkMRMLTransformNode
from .volume import (vtkMRMLLabelMapVolumeDisplayNode, vtkMRMLLabelMapVolumeNode, vtkMRMLScalarVolumeDisplayNode, vtkMRMLScalarVolumeNode,
                     vtkMRMLTensorVolumeNode, vtkMRMLVectorVolumeDisplayNode, vtkMRMLVectorVolumeNode, vtkMRMLVolumeDisplayNode, vtkMRMLVolumeNode)

__all__ = [name for name in dir() if name.startswith("vtkMRML")]
