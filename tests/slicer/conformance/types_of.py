"""Simple inference: what class an expression has, from constructors, names of node classes, forms, and what calls return."""
from __future__ import annotations

import ast
from typing import Dict, Optional, Union

from . import forms, known
from .source import Source, dotted

# Calls whose result does not depend on the object.
RETURNS = {
    "GetSegmentation": "vtkSegmentation", "GetSegment": "vtkSegment", "GetNthSegment": "vtkSegment", "GetImageData": "vtkImageData",
    "layoutManager": "qSlicerLayoutManager", "applicationLogic": "vtkSlicerApplicationLogic", "sliceWidget": "qMRMLSliceWidget",
    "sliceLogic": "vtkMRMLSliceLogic", "GetSliceNode": "vtkMRMLSliceNode", "mrmlSliceNode": "vtkMRMLSliceNode",
    "GetSliceCompositeNode": "vtkMRMLSliceCompositeNode", "sliceView": "qMRMLSliceView", "interactor": "vtkRenderWindowInteractor",
    "renderWindow": "vtkRenderWindow", "GetSelectionNode": "vtkMRMLSelectionNode", "GetInteractionNode": "vtkMRMLInteractionNode",
    "GetSliceToRAS": "vtkMatrix4x4", "GetXYToRAS": "vtkMatrix4x4", "GetParentTransformNode": "vtkMRMLTransformNode",
    "GetScalarVolumeDisplayNode": "vtkMRMLScalarVolumeDisplayNode", "GetBinaryLabelmapInternalRepresentation": "vtkOrientedImageData",
    "getParameterNode": "vtkMRMLScriptedModuleNode", "mainWindow": "QMainWindow", "parameterSetNode": "vtkMRMLSegmentEditorNode",
    "GetSegmentationNode": "vtkMRMLSegmentationNode", "GetSourceVolumeNode": "vtkMRMLScalarVolumeNode", "GetPointData": "vtkPointData",
    "GetSubjectHierarchyNode": "vtkMRMLSubjectHierarchyNode", "GetCurvePointsWorld": "vtkPoints", "GetObjectToWorldMatrix": "vtkMatrix4x4",
    "addVolumeFromArray": "vtkMRMLScalarVolumeNode", "GetBackgroundLayer": "vtkMRMLSliceLayerLogic", "userSettings": "QSettings",
    "loadUI": "qMRMLWidget", "GetDisplayNode": "vtkMRMLDisplayNode", "GetProperty": "vtkProperty2D",
}
MODULE_LOGICS = {"slicer.modules.markups.logic": "vtkSlicerMarkupsLogic", "slicer.modules.volumes.logic": "vtkSlicerVolumesLogic",
                 "slicer.modules.segmentations.logic": "vtkSlicerSegmentationsModuleLogic"}
MAKES_NODE = {"AddNewNodeByClass", "AddNewNodeByClassWithID", "CreateNodeByClass", "GetFirstNodeByClass", "GetNthNodeByClass", "GetSingletonNode"}
# Names that Slicer code gives to nothing else.
CONVENTIONS = {
    "segmentationNode": "vtkMRMLSegmentationNode", "volumeNode": "vtkMRMLScalarVolumeNode", "sliceNode": "vtkMRMLSliceNode",
    "sliceWidget": "qMRMLSliceWidget", "interactor": "vtkRenderWindowInteractor", "callerInteractor": "vtkRenderWindowInteractor",
    "layoutManager": "qSlicerLayoutManager", "transformNode": "vtkMRMLTransformNode",
    "volume_node": "vtkMRMLScalarVolumeNode", "segmentation_node": "vtkMRMLSegmentationNode", "slice_node": "vtkMRMLSliceNode",
    "displayNode": "vtkMRMLDisplayNode", "display_node": "vtkMRMLDisplayNode",
    "scriptedEffect": "qSlicerSegmentEditorScriptedEffect",
    "interactionNode": "vtkMRMLInteractionNode", "selectionNode": "vtkMRMLSelectionNode", "labelmapNode": "vtkMRMLLabelMapVolumeNode",
}


class Types:
    """Types of the names of one file: per function, and per class for attributes of self."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._names: Dict[ast.AST, Dict[str, Optional[str]]] = {}
        # Twice: an attribute may be used above the method that sets it.
        for _ in range(2):
            for node in ast.walk(source.tree):
                if isinstance(node, ast.Assign) and len(node.targets) == 1:
                    self._learn_all(node.targets[0], node.value)
                elif isinstance(node, (ast.For, ast.comprehension)):
                    self._learn_loop(node)
                elif isinstance(node, ast.AnnAssign) and node.value is not None:
                    self._learn(node.target, self._annotated(node.annotation) or self.of(node.value))
                elif isinstance(node, ast.arg) and node.annotation is not None:
                    self._learn_name(node, node.arg, self._annotated(node.annotation))

    def _learn_all(self, target: ast.AST, value: ast.AST) -> None:
        """``a, b = x, y`` too."""
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            for one, other in zip(target.elts, value.elts):
                self._learn(one, self.of(other))
        else:
            self._learn(target, self.of(value))

    def _learn_loop(self, node: Union[ast.For, ast.comprehension]) -> None:
        """``for button in (ui.one, ui.two)``, and the same with tuples."""
        if not isinstance(node.iter, (ast.Tuple, ast.List)) or not node.iter.elts:
            return
        rows = [one.elts if isinstance(one, ast.Tuple) else [one] for one in node.iter.elts]
        targets = node.target.elts if isinstance(node.target, ast.Tuple) else [node.target]
        for index, target in enumerate(targets):
            kinds = {self.of(row[index]) if index < len(row) else None for row in rows}
            self._learn(target, kinds.pop() if len(kinds) == 1 else None)

    def _scope(self, node: ast.AST, wanted: tuple) -> ast.AST:
        return next((parent for parent in self._source.parents(node) if isinstance(parent, wanted)), self._source.tree)

    def _learn(self, target: ast.AST, kind: Optional[str]) -> None:
        if isinstance(target, ast.Name):
            self._learn_name(target, target.id, kind)
        elif isinstance(target, ast.Attribute) and dotted(target.value) == "self":
            self._put(self._scope(target, (ast.ClassDef,)), "self." + target.attr, kind)

    def _learn_name(self, node: ast.AST, name: str, kind: Optional[str]) -> None:
        self._put(self._scope(node, (ast.FunctionDef, ast.Lambda)), name, kind)

    def _put(self, scope: ast.AST, name: str, kind: Optional[str]) -> None:
        """A name that holds different things is not known."""
        names = self._names.setdefault(scope, {})
        if kind is not None:
            names[name] = kind if names.get(name, kind) == kind else None

    def _annotated(self, annotation: ast.AST) -> Optional[str]:
        module, _, name = dotted(annotation).partition(".")
        return name if module in ("slicer", "vtk", "qt", "ctk") and known.members(name) is not None else None

    def of(self, node: ast.AST) -> Optional[str]:
        """The class; None when it is not known."""
        if isinstance(node, ast.Name):
            return self._of_name(node)
        if isinstance(node, ast.Attribute):
            return self._of_attribute(node)
        if isinstance(node, ast.Call):
            return self._of_call(node)
        return None

    def _of_name(self, node: ast.Name) -> Optional[str]:
        for scope in [*self._source.parents(node), self._source.tree]:
            if node.id in self._names.get(scope, {}) and not isinstance(scope, ast.ClassDef):
                return self._names[scope][node.id]
        return CONVENTIONS.get(node.id)

    def _of_attribute(self, node: ast.Attribute) -> Optional[str]:
        chain = dotted(node)
        if chain.startswith("slicer."):
            return known.SLICER_OBJECTS.get(chain[len("slicer."):])
        if chain.startswith("self.") and chain.count(".") == 1:
            scope = self._scope(node, (ast.ClassDef,))
            if chain in self._names.get(scope, {}):
                return self._names[scope][chain]
        before = dotted(node.value).rpartition(".")[2]
        classes = forms.widget_classes().get(node.attr, set()) if before in ("ui", "_ui") else set()
        if len(classes) == 1:
            return next(iter(classes))
        return CONVENTIONS.get(node.attr.lstrip("_"))

    def _of_call(self, node: ast.Call) -> Optional[str]:
        chain = dotted(node.func)
        module, _, name = chain.partition(".")
        if module in ("slicer", "vtk", "qt", "ctk") and "." not in name and known.members(name) is not None:
            return name
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if chain in MODULE_LOGICS:
            return MODULE_LOGICS[chain]
        if method in MAKES_NODE:
            texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant) and str(argument.value).startswith("vtkMRML")]
            return texts[0] if texts else None
        if isinstance(node.func, ast.Name):
            return self._of_own_function(node.func.id)
        return RETURNS.get(method)

    def _of_own_function(self, name: str) -> Optional[str]:
        """What a function of the same file returns, when all its returns are of one class."""
        for statement in self._source.tree.body:
            if isinstance(statement, ast.FunctionDef) and statement.name == name:
                returned = [self.of(one.value) for one in ast.walk(statement) if isinstance(one, ast.Return) and one.value is not None]
                return returned[0] if len(set(returned)) == 1 else None
        return None
