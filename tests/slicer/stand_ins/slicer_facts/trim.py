"""python3 trim.py FULL_CLASSES.json: writes classes.json, what the tests need of a dump of Slicer's real classes.

The dump maps a class to its base and its members with their signatures. Kept are the classes listed here and their
bases; a method is kept with the number of its arguments, a constant with its value. Properties in snake_case, which only new VTK has, are left out.
"""
from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import List, Optional

CLASSES = """
vtkMRMLScene vtkMRMLNode vtkMRMLStorableNode vtkMRMLTransformableNode vtkMRMLDisplayableNode vtkMRMLDisplayNode
vtkMRMLStorageNode vtkMRMLScriptedModuleNode vtkMRMLTextNode vtkMRMLTableNode vtkMRMLModelNode vtkMRMLModelDisplayNode
vtkMRMLTransformNode vtkMRMLLinearTransformNode vtkMRMLBSplineTransformNode vtkMRMLGridTransformNode
vtkMRMLVolumeNode vtkMRMLScalarVolumeNode vtkMRMLLabelMapVolumeNode vtkMRMLVectorVolumeNode vtkMRMLTensorVolumeNode
vtkMRMLDiffusionImageVolumeNode vtkMRMLDiffusionWeightedVolumeNode vtkMRMLStreamingVolumeNode
vtkMRMLVolumeDisplayNode vtkMRMLScalarVolumeDisplayNode vtkMRMLLabelMapVolumeDisplayNode vtkMRMLVectorVolumeDisplayNode
vtkMRMLVolumeArchetypeStorageNode vtkMRMLSegmentationStorageNode vtkMRMLMarkupsJsonStorageNode vtkMRMLMarkupsStorageNode
vtkMRMLSegmentationNode vtkMRMLSegmentationDisplayNode vtkMRMLSegmentEditorNode vtkMRMLColorTableNode vtkMRMLColorNode
vtkMRMLMarkupsNode vtkMRMLMarkupsDisplayNode vtkMRMLMarkupsFiducialNode vtkMRMLMarkupsFiducialDisplayNode
vtkMRMLMarkupsLineNode vtkMRMLMarkupsCurveNode vtkMRMLMarkupsClosedCurveNode vtkMRMLMarkupsPlaneNode
vtkMRMLMarkupsPlaneDisplayNode vtkMRMLMarkupsROINode vtkMRMLMarkupsROIDisplayNode vtkMRMLMarkupsAngleNode
vtkMRMLInteractionNode vtkMRMLSelectionNode vtkMRMLCrosshairNode vtkMRMLSliceNode vtkMRMLSliceCompositeNode
vtkMRMLAbstractViewNode vtkMRMLViewNode vtkMRMLCameraNode vtkMRMLLayoutNode vtkMRMLSubjectHierarchyNode
vtkMRMLSubjectHierarchyConstants
vtkMRMLAbstractLogic vtkMRMLApplicationLogic vtkMRMLSliceLogic vtkMRMLSliceLayerLogic vtkMRMLSliceLinkLogic
vtkMRMLMessageCollection vtkMRMLMeasurement vtkMRMLI18N vtkSlicerModuleLogic vtkSlicerApplicationLogic
vtkSlicerVolumesLogic vtkSlicerSegmentationsModuleLogic vtkSlicerSegmentEditorLogic vtkSlicerSubjectHierarchyModuleLogic
vtkSlicerSegmentationGeometryLogic vtkSlicerTerminologiesModuleLogic vtkSlicerTerminologyEntry
vtkSegmentation vtkSegment vtkSegmentationConverter vtkSegmentationConverterFactory vtkSegmentationHistory
vtkSegmentationModifier vtkOrientedImageData vtkOrientedImageDataResample vtkAddonMathUtilities vtkImageLabelOutline
vtkObservation vtkObserverManager vtkEventBroker
""".split()

# Only in the dump because every wrapped VTK class has them.
COMMON = {"GetNumberOfGenerationsFromBase", "GetNumberOfGenerationsFromBaseType", "IsA", "IsTypeOf", "NewInstance", "SafeDownCast"}
SNAKE_CASE = re.compile(r"^[a-z0-9]+(_[a-z0-9]+)*$")


def trim(full: dict) -> dict:
    """The part of the dump that the tests use."""
    wanted = [name for name in CLASSES if name in full]
    for name in wanted:
        base = full[name]["base"]
        if base in full and base not in wanted:
            wanted.append(base)
    return {name: _trim_class(full[name]) for name in sorted(wanted)}


def _trim_class(entry: dict) -> dict:
    members = {name: value for name, value in entry["members"].items()
               if name not in COMMON and not SNAKE_CASE.match(name)}
    return {
        "base": entry["base"],
        "constants": {name: value for name, value in members.items() if isinstance(value, int)},
        "methods": {name: _counts(name, value) for name, value in sorted(members.items()) if not isinstance(value, int)},
    }


def _counts(name: str, signatures: object) -> str:
    """How many arguments a method takes, "0", "1-2", "1,3"; "" when the dump has a signature only in part."""
    ranges = []
    for signature in signatures if isinstance(signatures, list) else [""]:
        inner = _inside_parentheses(signature[len(name):])
        if inner is None:
            return ""
        arguments = [part for part in inner if part != "self"]
        needed = [part for part in arguments if "=" not in part]
        ranges.append((len(needed), len(arguments)))
    return ",".join(sorted({str(low) if low == high else f"{low}-{high}" for low, high in ranges}))


def _inside_parentheses(text: str) -> Optional[List[str]]:
    """The arguments, split at the commas of the outer level; None when the closing parenthesis is missing."""
    if not text.startswith("("):
        return None
    depth, parts = 0, [""]
    for letter in text:
        if letter in "([":
            depth += 1
            if depth == 1:
                continue
        elif letter in ")]":
            depth -= 1
            if depth == 0:
                return [part.strip() for part in parts if part.strip()]
        if letter == "," and depth == 1:
            parts.append("")
        else:
            parts[-1] += letter
    return None


if __name__ == "__main__":
    trimmed = trim(json.loads(Path(sys.argv[1]).read_text()))
    lines = [f"{json.dumps(name)}: {json.dumps(entry, separators=(',', ':'))}" for name, entry in trimmed.items()]
    Path(__file__).with_name("classes.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
