"""Which volumes can be worked on, and the copy of their voxels."""
import numpy as np
import pytest
import slicer
import vtk
from loop_stage import linear, rotation, volume_node
from SegBridgeScene.frames import VolumeFrame
from SegBridgeScene.problems import SceneProblem
from SegBridgeScene.volumes import VolumeSnapshot, check_volume, display_window, voxel_mark


@pytest.fixture
def volume(scene):
    return volume_node(np.arange(24, dtype=np.int16).reshape(2, 3, 4), np.diag((1.0, 1.0, 2.0, 1.0)))


def key_of(node):
    with pytest.raises(SceneProblem) as problem:
        check_volume(node)
    assert node.GetName() in problem.value.text, "the message must name the volume"
    return problem.value.key


def test_a_scalar_volume_under_a_linear_transform_is_fine(volume):
    check_volume(volume)
    volume.SetAndObserveTransformNodeID(linear(rotation(20, 1)).GetID())
    check_volume(volume)


def test_what_cannot_be_worked_on_is_named(scene, volume):
    assert key_of(scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "Empty")) == "volume-empty"
    labels = slicer.util.addVolumeFromArray(np.ones((2, 2, 2), np.int16), name="Labels", nodeClassName="vtkMRMLLabelMapVolumeNode")
    assert key_of(labels) == "volume-is-labelmap"
    colours = slicer.util.addVolumeFromArray(np.ones((2, 2, 2, 3), np.uint8), name="Colours", nodeClassName="vtkMRMLVectorVolumeNode")
    assert key_of(colours) == "volume-not-scalar"
    bits = vtk.vtkImageData()
    bits.SetDimensions(8, 2, 2)
    bits.AllocateScalars(vtk.VTK_BIT, 1)
    volume.SetAndObserveImageData(bits)
    assert key_of(volume) == "volume-type"


def test_voxels_of_every_other_type_are_copied_and_a_display_node_is_not_needed(scene, volume):
    kinds = [getattr(vtk, f"VTK_{name}") for name in (
        "CHAR", "SIGNED_CHAR", "UNSIGNED_CHAR", "SHORT", "UNSIGNED_SHORT", "INT", "UNSIGNED_INT", "LONG", "UNSIGNED_LONG", "LONG_LONG",
        "UNSIGNED_LONG_LONG", "FLOAT", "DOUBLE")]
    scene.RemoveNode(volume.GetDisplayNode())
    for kind in kinds:
        image = vtk.vtkImageData()
        image.SetDimensions(4, 3, 2)
        image.AllocateScalars(kind, 1)
        image.GetPointData().GetScalars().Fill(7)
        volume.SetAndObserveImageData(image)
        check_volume(volume)
        snapshot = VolumeSnapshot(volume)
        snapshot.copy_some()
        assert snapshot.voxels.shape == (2, 3, 4) and (snapshot.voxels == 7).all() and display_window(volume) is None


def test_a_non_linear_transform_is_told_with_what_to_do(scene, volume):
    bent = scene.AddNewNodeByClass("vtkMRMLTransformNode", "Bent")
    spline = vtk.vtkThinPlateSplineTransform()
    points = vtk.vtkPoints()
    for point in ((0, 0, 0), (9, 0, 0), (0, 9, 0), (0, 0, 9)):
        points.InsertNextPoint(point)
    spline.SetSourceLandmarks(points)
    spline.SetTargetLandmarks(points)
    bent.SetAndObserveTransformToParent(spline)
    volume.SetAndObserveTransformNodeID(bent.GetID())
    assert key_of(volume) == "transform-not-linear"


def test_world_points_become_voxel_indices_and_back(volume):
    moved = rotation(30, 2, (7, -3, 11))
    volume.SetAndObserveTransformNodeID(linear(moved).GetID())
    frame = VolumeFrame.of(volume)
    ijk = np.array([(0, 0, 0), (3, 2, 1), (1.5, 0.25, 0.5)])
    ras = (np.column_stack([ijk, np.ones(3)]) @ (moved @ np.diag((1, 1, 2, 1))).T)[:, :3]
    assert np.allclose(frame.world_to_ijk(ras), ijk) and np.allclose(frame.ijk_to_world(ijk), ras)
    assert frame.shape == (2, 3, 4) and frame.spacing == pytest.approx((1, 1, 2))
    assert frame.holds(np.array([(3.4, 2.4, 1.4), (3.6, 0, 0)])).tolist() == [True, False]


def test_the_window_is_that_of_the_display_node(volume):
    volume.GetScalarVolumeDisplayNode().SetWindowLevel(100, 30)
    assert display_window(volume) == (-20, 80)


def test_a_snapshot_is_a_copy_made_in_small_parts(scene):
    voxels = np.random.default_rng(1).integers(-1000, 3000, (40, 512, 512)).astype(np.int16)
    node = volume_node(voxels, np.eye(4))
    snapshot, parts, seen = VolumeSnapshot(node), 0, []
    while not snapshot.done:
        snapshot.copy_some()
        parts += 1
        seen.append(snapshot.fraction)
    assert parts == 3 and seen == sorted(seen) and seen[-1] == 1
    slicer.util.arrayFromVolume(node)[...] = 0
    assert np.array_equal(snapshot.voxels, voxels) and snapshot.voxels.dtype == np.int16


def test_the_mark_changes_with_voxels_and_geometry_only(volume):
    mark = voxel_mark(volume)
    volume.SetName("Other")
    volume.GetScalarVolumeDisplayNode().SetWindowLevel(10, 5)
    assert voxel_mark(volume) == mark
    slicer.util.arrayFromVolume(volume)[0, 0, 0] = 5
    slicer.util.arrayFromVolumeModified(volume)
    after_voxels = voxel_mark(volume)
    assert after_voxels != mark
    volume.SetSpacing(1, 1, 3)
    assert voxel_mark(volume) != after_voxels
