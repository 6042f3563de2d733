"""The Segment Editor effect: drawn with the mouse in slice views, written by the rules of the editor."""
from __future__ import annotations

from typing import Any, Iterator

import numpy as np
import pytest
import slicer
from effect_stage import Bench

@pytest.fixture
def bench(server: Any, scene: Any) -> Iterator[Bench]:
    bench = Bench(server)
    yield bench
    bench.close()


def test_a_click_makes_a_mask_where_the_slice_was_clicked(bench):
    bench.tools.choose("point")
    bench.drag([bench.middle])
    bench.logic.wait()
    mask, (i, j) = bench.mask(), bench.middle
    assert mask[bench.k, j, i]
    assert mask.sum() == mask[bench.k - 1:bench.k + 2].sum()
    assert (mask & bench.case.truth).sum() > 0.6 * mask.sum()


def test_every_tool_draws_what_the_logic_is_told(bench, monkeypatch):
    told = []
    for name in ("addPoint", "addScribble", "addBox", "addLasso"):
        monkeypatch.setattr(bench.logic, name, lambda *prompt, name=name: told.append((name, prompt)))
    # The shapes keep the logic's methods that they were made with.
    bench.effect.loop.cleanup()
    bench.effect.loop = None
    bench.editor.setActiveEffect(None)
    bench.editor.setActiveEffectByName("SegBridge")
    tools = bench.effect.loop.tools
    i, j = bench.middle
    tools.choose("point")
    bench.drag([(i, j)])
    tools.setPositive(False)
    tools.choose("scribble")
    bench.drag([(i - 5, j), (i, j), (i + 5, j)])
    tools.choose("box")
    bench.drag([(i - 10, j - 8), (i + 10, j + 8)])
    tools.choose("lasso")
    bench.drag(bench.around())
    slice_node = bench.view.sliceLogic().GetSliceNode()
    assert [name for name, _prompt in told] == ["addPoint", "addScribble", "addBox", "addLasso"]
    (_, (point, positive, node)), (_, (stroke, radius, negative, _)), (_, (corners, _)), (_, (outline, _, _)) = told
    assert positive is True and negative is False and node is slice_node
    assert radius == 2.0
    half_a_pixel = 0.6
    assert np.abs(np.array(point) - bench.case.worldOnSlice((i, j), bench.k)).max() < half_a_pixel
    wanted = bench.case.worldOnSlice([(i - 5, j), (i, j), (i + 5, j)], bench.k)
    assert np.abs(np.array(stroke) - wanted).max() < half_a_pixel
    assert len(corners) == 4 and len(outline) == 4


def test_without_a_tool_the_views_are_slicers_own(bench):
    passed = []
    bench.view.sliceView().interactor().AddObserver("LeftButtonPressEvent", lambda caller, name: passed.append(name), 0.0)
    bench.event("LeftButtonPressEvent", bench.at(*bench.middle))
    assert len(passed) == 1
    bench.tools.choose("scribble")
    bench.event("LeftButtonPressEvent", bench.at(*bench.middle))
    assert len(passed) == 1
    bench.event("LeftButtonReleaseEvent", bench.at(*bench.middle))
    bench.event("LeftButtonPressEvent", bench.at(*bench.middle), shift=1)
    assert len(passed) == 2
    bench.logic.wait()


def test_another_mouse_mode_gets_the_left_button_until_a_tool_is_taken_again(bench):
    bench.tools.choose("scribble")
    ruler = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "Ruler")
    slicer.modules.markups.logic().StartPlaceMode(True)
    assert bench.tools.active == "" and bench.editor.activeEffect() is not None
    i, j = bench.middle
    bench.drag([(i - 5, j), (i + 5, j)])
    assert bench.logic.wait() is None and not bench.mask().any()
    assert ruler.GetNumberOfDefinedControlPoints() > 0
    bench.tools.choose("scribble")
    placed = ruler.GetNumberOfDefinedControlPoints()
    bench.drag([(i - 5, j), (i + 5, j)])
    assert bench.logic.wait().step == 1 and ruler.GetNumberOfDefinedControlPoints() == placed


def test_backspace_gives_up_the_stroke_and_x_changes_the_sign(bench):
    bench.tools.choose("scribble")
    bench.event("LeftButtonPressEvent", bench.at(*bench.middle))
    bench.event("KeyPressEvent", key="BackSpace")
    bench.event("LeftButtonReleaseEvent", bench.at(*bench.middle))
    assert bench.logic.wait() is None
    bench.event("KeyPressEvent", key="x")
    assert bench.tools.positive is False
    assert bench.tools.active == "scribble" and not bench.mask().any()


def test_backspace_withdraws_a_step_that_is_under_way(bench):
    bench.tools.choose("point")
    bench.drag([bench.middle])
    bench.event("KeyPressEvent", key="BackSpace")
    assert bench.logic.wait() is None and not bench.mask().any()
    assert bench.tools.active == "point"


def test_escape_is_the_editors_and_withdraws_what_is_under_way(bench):
    bench.tools.choose("scribble")
    bench.event("LeftButtonPressEvent", bench.at(*bench.middle))
    bench.event("KeyPressEvent", key="Escape")
    assert bench.editor.activeEffect() is None
    bench.event("LeftButtonReleaseEvent", bench.at(*bench.middle))
    assert bench.logic.wait() is None and not bench.mask().any()


def test_a_hidden_segment_is_not_drawn_on_by_accident(bench):
    bench.node.GetDisplayNode().SetSegmentVisibility(bench.segment, False)
    bench.tools.choose("point")
    bench.drag([bench.middle])
    assert bench.logic.wait() is None
    bench.drag([bench.middle])
    assert bench.logic.wait().step == 1


def test_the_editors_undo_takes_a_step_back_and_the_next_one_starts_from_there(bench):
    i, j = bench.middle
    bench.tools.choose("point")
    bench.drag([(i, j)])
    bench.logic.wait()
    first = bench.mask()
    bench.tools.choose("scribble")
    bench.drag([(i - 6, j), (i, j + 2), (i + 6, j)])
    bench.logic.wait()
    assert (bench.mask() != first).any()
    bench.editor.undo()
    np.testing.assert_array_equal(bench.mask(), first)
    bench.editor.undo()
    assert not bench.mask().any()
    bench.editor.redo()
    np.testing.assert_array_equal(bench.mask(), first)


def test_a_label_map_that_undo_puts_in_the_place_of_another_is_what_the_next_step_starts_from(bench):
    bench.tools.choose("point")
    bench.drag([bench.middle])
    bench.logic.wait()
    assert bench.segment not in bench.logic._work.segments.edited
    segment = bench.node.GetSegmentation().GetSegment(bench.segment)
    segment.SetColor(1, 0, 0)
    assert bench.segment not in bench.logic._work.segments.edited, "a colour is no edit"
    name = slicer.vtkSegmentationConverter.GetSegmentationBinaryLabelmapRepresentationName()
    earlier = slicer.vtkOrientedImageData()
    earlier.DeepCopy(segment.GetRepresentation(name))
    # As Slicer's history does it: told of the segment only, not of its voxels.
    segment.AddRepresentation(name, earlier)
    assert bench.segment in bench.logic._work.segments.edited


def test_voxels_outside_of_the_intensity_range_are_never_added(bench):
    bench.parameters.SourceVolumeIntensityMaskOn()
    bench.parameters.SetSourceVolumeIntensityMaskRange(-50, 60)
    bench.tools.choose("box")
    outline = bench.around(4)
    bench.drag([outline[0], outline[2]])
    bench.logic.wait()
    values = slicer.util.arrayFromVolume(bench.case.volumeNode)
    assert bench.mask().any()
    assert values[bench.mask()].max() <= 60
    assert bench.segment in bench.logic._work.segments.edited, "the loop was not told that the segment is not as the server has it"


def test_other_segments_give_way_only_when_they_may_be_overwritten(bench):
    from SegBridgeScene.labelmaps import voxels_of

    other = bench.node.GetSegmentation().AddEmptySegment("", "Liver")
    whole = np.ones(bench.case.truth.shape, np.uint8)
    slicer.util.updateSegmentBinaryLabelmapFromArray(whole, bench.node, other, bench.case.volumeNode)
    bench.tools.choose("point")
    bench.drag([bench.middle])
    bench.logic.wait()
    assert bench.case.maskOf(bench.node, other).all()
    bench.editor.undo()
    bench.parameters.SetOverwriteMode(bench.parameters.OverwriteAllSegments)
    bench.drag([bench.middle])
    bench.logic.wait()
    mask = bench.mask()
    assert mask.any()
    np.testing.assert_array_equal(bench.case.maskOf(bench.node, other), ~mask)
    assert voxels_of(bench.node.GetBinaryLabelmapInternalRepresentation(other)).size


def test_propagation_is_one_state_of_the_editors_undo(bench):
    from SegBridgeSelfTest.reader import stroke_through

    bench.tools.choose("point")
    bench.drag([bench.middle])
    bench.logic.wait()
    for _turn in range(2):
        bench.logic.addScribble(bench.case.worldOnSlice(stroke_through(bench.case.truth[bench.k]), bench.k), 1.5)
        bench.logic.wait()
    before = bench.mask()
    bench.logic.propagate("k", bench.k - 3, bench.k + 3)
    bench.logic.wait()
    assert (bench.mask().any(axis=(1, 2))).sum() >= 3, "nothing was propagated"
    bench.editor.undo()
    np.testing.assert_array_equal(bench.mask(), before)


def test_a_mask_in_many_slabs_is_one_state_of_the_editors_undo_and_is_finished_by_its_rules(bench, pump, monkeypatch):
    from SegBridgeLoop import mask_queue
    from SegBridgeScene import slab_writer

    monkeypatch.setattr(slab_writer, "_SLAB_VOXELS", 1)
    monkeypatch.setattr(mask_queue, "_BEAT_S", 0.0)
    bench.parameters.SourceVolumeIntensityMaskOn()
    bench.parameters.SetSourceVolumeIntensityMaskRange(-50, 60)
    bench.logic.setModel("tumour-3d")
    masks = bench.logic._work.segments.masks

    def clicked():
        bench.tools.choose("point")
        bench.drag([bench.middle])
        # The first slabs may have nothing to change, and then there is nothing to undo.
        while not (masks.pending and bench.mask().any()):
            bench.logic._beat()

    clicked()
    bench.logic.wait()
    whole = bench.mask()
    assert whole.any(axis=(1, 2)).sum() > 3
    bench.editor.undo()
    assert not bench.mask().any()
    clicked()
    bench.editor.undo()
    assert not bench.mask().any() and masks.pending
    with pytest.raises(RuntimeError, match="was put back"):
        bench.logic.wait()
    assert not bench.mask().any() and bench.segment in bench.logic._work.segments.edited
    clicked()
    bench.editor.setActiveEffect(None)
    assert not masks.pending
    values = slicer.util.arrayFromVolume(bench.case.volumeNode)
    assert bench.mask().any(axis=(1, 2)).sum() > 3 and values[bench.mask()].max() <= 60


def test_the_effect_works_on_what_the_editor_has_chosen(bench):
    other = bench.node.GetSegmentation().AddEmptySegment("", "Second")
    bench.editor.setCurrentSegmentID(other)
    assert bench.logic.segmentId == other
    bench.tools.choose("point")
    bench.drag([bench.middle])
    bench.logic.wait()
    assert not bench.mask().any()
    assert bench.case.maskOf(bench.node, other).any()


def test_a_result_that_comes_after_another_segment_was_chosen_goes_where_it_belongs(bench):
    other = bench.node.GetSegmentation().AddEmptySegment("", "Second")
    bench.tools.choose("point")
    bench.drag([bench.middle])
    bench.editor.setCurrentSegmentID(other)
    bench.logic.wait()
    assert bench.mask().any()
    assert not bench.case.maskOf(bench.node, other).any()


def test_the_effect_that_is_put_away_leaves_the_views_and_the_loop(bench):
    bench.tools.choose("scribble")
    renderer = bench.view.sliceView().renderWindow().GetRenderers().GetItemAsObject(0)
    bench.event("MouseMoveEvent", bench.at(*bench.middle))
    assert renderer.GetActors2D().GetNumberOfItems() > 0
    bench.editor.setActiveEffect(None)
    assert renderer.GetActors2D().GetNumberOfItems() == 0
    assert bench.logic._work.segments.writer.sink is None
    bench.logic.addPoint(bench.case.worldOnSlice(bench.middle, bench.k))
    bench.logic.wait()
    assert bench.mask().any(), "the loop no longer writes by itself"
    bench.editor.setActiveEffectByName("SegBridge")
    assert bench.effect.loop is not None and bench.logic._work.segments.writer.sink is not None


def test_an_editor_that_is_destroyed_with_its_effect_in_use_lets_go_of_the_loop(bench):
    bench.tools.choose("scribble")
    bench.drag([bench.middle])
    bench.logic.wait()
    status = bench.effect.loop._groups[0]
    bench.effect.options.deleteLater()
    slicer.app.processEvents()
    bench.logic.addPoint(bench.case.worldOnSlice(bench.middle, bench.k))
    bench.logic.wait()
    before = bench.mask()
    assert type(bench.effect.loop)._inCharge is None
    # From now on the loop writes by itself.
    bench.logic.addScribble(bench.case.worldOnSlice(bench.around(), bench.k), 2.0)
    bench.logic.wait()
    assert (bench.mask() != before).any() and len(bench.logic.history) == 3
    status._goodNewsRead()  # its timer may still run


def test_a_segmentation_elsewhere_gets_the_mask_where_it_is_in_the_world(server, scene):
    bench = Bench(server, moved=True)
    try:
        bench.tools.choose("point")
        bench.drag([bench.middle])
        bench.logic.wait()
        found = slicer.vtkOrientedImageData()
        bench.node.GetBinaryLabelmapRepresentation(bench.segment, found)
        from SegBridgeScene.labelmaps import box_of, image_to_world, voxels_of

        place = slicer.util.arrayFromTransformMatrix(bench.node.GetParentTransformNode(), True) @ image_to_world(found)
        where = np.argwhere(voxels_of(found) > 0)[:, ::-1] + np.array(box_of(found).lower)
        centre = place[:3, :3] @ where.mean(axis=0) + place[:3, 3]
        inside = bench.case.truth.copy()
        inside[:bench.k], inside[bench.k + 1:] = False, False
        wanted = bench.case.world(np.argwhere(inside)[:, ::-1].mean(axis=0))
        assert np.linalg.norm(centre - wanted) < 4
    finally:
        bench.close()


def test_putting_the_effect_away_withdraws_what_is_under_way(bench):
    bench.tools.choose("point")
    bench.drag([bench.middle])
    bench.editor.setActiveEffect(None)
    bench.logic.wait()
    assert not bench.mask().any(), "a mask was written without the editor's rules"


def test_the_effect_connects_again_to_a_server_that_may_receive_images(bench, pump):
    from SegBridgeLoop.state import ServerPhase

    address = bench.logic.server.address
    bench.editor.setActiveEffect(None)
    bench.logic.disconnectServer()
    bench.editor.setActiveEffectByName("SegBridge")
    pump(lambda: bench.logic.server.phase is ServerPhase.READY)
    assert bench.logic.server.address == address
    bench.editor.setActiveEffect(None)
    bench.logic.withdrawConsent()
    bench.logic.disconnectServer()
    bench.editor.setActiveEffectByName("SegBridge")
    slicer.app.processEvents()
    assert bench.logic.server.phase is ServerPhase.OFF


def test_a_box_in_space_is_placed_adjusted_and_used_in_the_effect(bench, monkeypatch):
    told = []
    monkeypatch.setattr(bench.logic, "addBox", lambda corners, slice_node=None: told.append(np.array(corners)))
    tools, ui = bench.tools, bench.tools._ui
    assert not ui.roiButton.enabled and not ui.roiFrame.visible
    bench.logic.setModel("tumour-3d")
    tools.choose("roi")
    assert ui.roiButton.enabled and tools.active == "roi" and not ui.useBoxButton.enabled
    assert bench.editor.activeEffect() is not None, "place mode put the effect away"
    for corner in bench.around()[::2]:
        bench.event("LeftButtonPressEvent", bench.at(*corner))
        bench.event("LeftButtonReleaseEvent", bench.at(*corner))
        slicer.app.processEvents()
    assert ui.useBoxButton.enabled and not told
    ui.useBoxButton.click()
    ijk = (np.column_stack([told[0], np.ones(8)]) @ np.linalg.inv(np.array([
        [*column, 0] for column in (bench.case.world([(1, 0, 0), (0, 1, 0), (0, 0, 1)]) - bench.case.world((0, 0, 0)))] + [
        [*bench.case.world((0, 0, 0)), 1]])))[:, :3]
    (left, top), (right, bottom) = bench.around()[0], bench.around()[2]
    assert np.abs(ijk.min(axis=0)[:2] - (left, top)).max() < 0.6 and np.abs(ijk.max(axis=0)[:2] - (right, bottom)).max() < 0.6
    assert tools.active == "" and not slicer.util.getNodesByClass("vtkMRMLMarkupsROINode")
    tools.choose("roi")
    slicer.mrmlScene.Clear(0)
    assert tools.active == "", "its node has gone with the scene"


def test_of_two_editors_the_one_whose_tool_was_taken_last_has_the_logic(bench):
    def sink():
        return bench.logic._work.segments.writer.sink

    first = sink()
    editor, parameters = slicer.qMRMLSegmentEditorWidget(), slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentEditorNode")
    editor.setMRMLScene(slicer.mrmlScene)
    editor.setMRMLSegmentEditorNode(parameters)
    editor.setSegmentationNode(bench.node)
    editor.setSourceVolumeNode(bench.case.volumeNode)
    editor.setActiveEffectByName("SegBridge")
    second = sink()
    assert None is not second is not first
    bench.editor.setActiveEffect(None)
    assert sink() is second, "an editor that has the logic no more took it away from the other"
    bench.editor.setActiveEffectByName("SegBridge")
    assert sink() is first
    editor.activeEffect().self().loop.tools.choose("point")
    assert sink() is second
    editor.setActiveEffect(None)
    assert sink() is None
    editor.setMRMLScene(None)
    editor.deleteLater()


def test_a_segment_editor_that_is_open_gets_the_effect_when_its_module_is_loaded(load_module, scene):
    class Widget:
        editor = slicer.qMRMLSegmentEditorWidget()

    Widget.editor.setMRMLScene(scene)
    Widget.editor.setMRMLSegmentEditorNode(scene.AddNewNodeByClass("vtkMRMLSegmentEditorNode"))
    assert "SegBridge" not in Widget.editor.availableEffectNames()
    slicer.modules.SegmentEditorWidget = Widget
    try:
        load_module("SegBridge")
        load_module("SegmentEditorSegBridge")
        assert "SegBridge" in Widget.editor.availableEffectNames()
    finally:
        del slicer.modules.SegmentEditorWidget
        Widget.editor.setMRMLScene(None)
        Widget.editor.deleteLater()
