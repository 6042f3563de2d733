"""DICOM in and out: the command line and the Export call, seen by pydicom, dcmdump and dciodvfy."""
from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from end_to_end import TEST_DATA, dice, run_segbridge

from SegBridgeLib import DicomImages, InvalidRequest, VolumeGeometry, prompts

pydicom = pytest.importorskip("pydicom", reason="pydicom is not installed")
nibabel = pytest.importorskip("nibabel", reason="nibabel is not installed")
IMAGES = TEST_DATA / "dicom" / "ct_series_sts_026" / "image"
LABEL = TEST_DATA / "open" / "sts_tumour_ct" / "labels" / "STS_026.nii.gz"
IDENTIFYING = ("PatientName", "PatientID", "PatientBirthDate", "StudyDate", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID")

pytestmark = [
    pytest.mark.skipif(not IMAGES.exists() or not LABEL.exists(), reason=f"{IMAGES} is not there; SEGBRIDGE_TEST_DATA names the folder of test data"),
    pytest.mark.skipif(
        not all(shutil.which(program) for program in ("dciodvfy", "dcmdump")), reason="needs dciodvfy and dcmdump (Debian: dicom3tools, dcmtk)"),
]


@pytest.fixture(scope="module")
def slices():
    return sorted((pydicom.dcmread(path) for path in IMAGES.iterdir()), key=lambda image: float(image.ImagePositionPatient[2]))


@pytest.fixture(scope="module")
def truth(slices):
    """The reference mask on the slices, (k, j, i)."""
    label = nibabel.load(LABEL)
    first = slices[0]
    voxels = np.asarray(label.dataobj) > 0
    to_label = np.linalg.inv(label.affine) @ np.diag([-1.0, -1, 1, 1])
    spacing = [float(mm) for mm in first.PixelSpacing]
    step = float(slices[1].ImagePositionPatient[2]) - float(first.ImagePositionPatient[2])
    k, j, i = np.indices((len(slices), first.Rows, first.Columns)).reshape(3, -1)
    x, y, z = (float(mm) for mm in first.ImagePositionPatient)
    at = np.rint(to_label @ np.stack([x + i * spacing[1], y + j * spacing[0], z + k * step, np.ones(k.size)]))[:3].astype(int)
    # The label covers a part of the slices.
    inside = np.all((at >= 0) & (at < np.array(voxels.shape)[:, None]), axis=0)
    mask = np.zeros(k.size, bool)
    mask[inside] = voxels[tuple(at[:, inside])]
    return mask.reshape(len(slices), first.Rows, first.Columns)


def masks_of(path, slices):
    """What pydicom sees in a SEG: {label: (k, j, i)}, each frame on the image that it refers to."""
    seg = pydicom.dcmread(path)
    place = {image.SOPInstanceUID: k for k, image in enumerate(slices)}
    masks = {item.SegmentNumber: np.zeros((len(slices), seg.Rows, seg.Columns), bool) for item in seg.SegmentSequence}
    frames = seg.pixel_array.reshape(-1, seg.Rows, seg.Columns)
    for pixels, frame in zip(frames, seg.PerFrameFunctionalGroupsSequence):
        k = place[frame.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID]
        assert [float(mm) for mm in frame.PlanePositionSequence[0].ImagePositionPatient] == [float(mm) for mm in slices[k].ImagePositionPatient]
        masks[frame.SegmentIdentificationSequence[0].ReferencedSegmentNumber][k] = pixels > 0
    return {item.SegmentLabel: masks[item.SegmentNumber] for item in seg.SegmentSequence}


def assert_valid(path: Path) -> None:
    assert subprocess.run(["dcmdump", "-q", str(path)], capture_output=True).returncode == 0
    said = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True)
    errors = [line for line in (said.stdout + said.stderr).splitlines() if line.startswith("Error")]
    assert not errors, errors


def run(*arguments):
    done = run_segbridge(*map(str, arguments))
    assert done.returncode == 0, done.stderr
    return done


def identifiers(slices):
    found = {str(getattr(image, name, "")) for image in slices for name in IDENTIFYING}
    return {text for text in found if len(text) > 3}


def test_labels_become_a_segmentation_contours_and_labels_again(tmp_path, slices, truth):
    seg, contours, back, nrrd = (tmp_path / name for name in ("seg.dcm", "rs.dcm", "back.nii.gz", "back.seg.nrrd"))
    report = json.loads(run("convert", LABEL, seg, "--source", IMAGES, "--segment", "1=Tumour", "--json").stdout)
    assert report["segments"][0]["voxels"] == truth.sum() and report["segments"][0]["type"] == "Neoplasm"
    assert_valid(seg)
    assert dice(masks_of(seg, slices)["Tumour"], truth) == 1
    written = pydicom.dcmread(seg)
    assert written.PatientID == slices[0].PatientID and written.StudyInstanceUID == slices[0].StudyInstanceUID
    assert written.SegmentSequence[0].SegmentedPropertyTypeCodeSequence[0].CodeValue == "108369006"

    run("convert", seg, contours, "--format", "rtstruct", "--source", IMAGES)
    assert_valid(contours)
    run("convert", contours, back, "--source", IMAGES)
    assert dice(np.asarray(nibabel.load(back).dataobj).T > 0, truth) >= 0.97
    run("convert", seg, nrrd)
    assert b"Segment0_Name:=Tumour" in nrrd.read_bytes()[:4000] and b"SCT^108369006^Neoplasm" in nrrd.read_bytes()[:4000]
    again = tmp_path / "again.dcm"
    run("convert", nrrd, again, "--source", IMAGES, "--deidentify", "--deidentify-key", LABEL)
    assert_valid(again)
    assert pydicom.dcmread(again).PatientIdentityRemoved == "YES"
    assert not [text for text in identifiers(slices) if text.encode() in again.read_bytes()]
    assert pydicom.dcmread(again).pixel_array.sum() == truth.sum()


def test_probabilities_become_a_fractional_segmentation_and_probabilities_again(tmp_path, slices, truth):
    image, seg, back = tmp_path / "p.nii.gz", tmp_path / "p.dcm", tmp_path / "back.nii.gz"
    run("convert", IMAGES, tmp_path / "ct.nii.gz")
    values = np.random.default_rng(8).integers(0, 256, truth.shape) * truth
    # Turned round, as other programs write it.
    affine = nibabel.load(tmp_path / "ct.nii.gz").affine @ np.array([[-1, 0, 0, truth.shape[2] - 1], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    nibabel.save(nibabel.Nifti1Image((values[:, :, ::-1].T / 255).astype(np.float32), affine), image)
    run("convert", image, seg, "--probabilities", "--source", IMAGES, "--segment", "1=Liver")
    assert_valid(seg)
    read = pydicom.dcmread(seg)
    assert (read.SegmentationType, read.SegmentationFractionalType, read.MaximumFractionalValue, read.BitsAllocated) == ("FRACTIONAL", "PROBABILITY", 255, 8)
    seen = np.zeros(truth.shape, int)
    place = {one.SOPInstanceUID: k for k, one in enumerate(slices)}
    for pixels, frame in zip(read.pixel_array, read.PerFrameFunctionalGroupsSequence):
        seen[place[frame.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID]] = pixels
    assert np.array_equal(seen, values) and read.NumberOfFrames == values.any(axis=(1, 2)).sum()
    run("convert", seg, back, "--probabilities", "--source", IMAGES)
    assert np.array_equal(np.rint(nibabel.load(back).get_fdata().T * 255), values)
    run("convert", seg, tmp_path / "labels.nii.gz", "--source", IMAGES)
    assert np.array_equal(np.asarray(nibabel.load(tmp_path / "labels.nii.gz").dataobj).T > 0, values >= 128)


def test_a_series_is_a_volume_with_the_images_voxels(tmp_path, slices):
    run("convert", IMAGES, tmp_path / "ct.nii.gz")
    image = nibabel.load(tmp_path / "ct.nii.gz")
    values = np.stack([one.pixel_array * float(one.RescaleSlope) + float(one.RescaleIntercept) for one in slices])
    assert np.array_equal(np.asarray(image.dataobj).T, values)


def test_wrong_conversions_say_what_would_be_right(tmp_path):
    other = tmp_path / "two"
    other.mkdir()
    for path in [*list(IMAGES.iterdir())[:2], *list((TEST_DATA / "dicom" / "seg_dcmqi").glob("ct*.dcm"))]:
        shutil.copy(path, other)
    contours = IMAGES.parent / "mask" / "RS.dcm"
    label = nibabel.load(LABEL)
    finer = tmp_path / "finer.nii.gz"
    nibabel.save(nibabel.Nifti1Image(np.asarray(label.dataobj).repeat(2, 0).repeat(2, 1), label.affine @ np.diag([0.5, 0.5, 1, 1])), finer)
    run("convert", IMAGES, tmp_path / "ct.nii.gz")
    for arguments, said in (
        ((LABEL, tmp_path / "a.dcm"), "--source DIR"),
        ((contours, tmp_path / "a.nii.gz"), "--source DIR"),
        ((other, tmp_path / "a.nii.gz"), "choose one with --series UID"),
        ((IMAGES, tmp_path / "a.dcm"), "IN is an image"),
        ((contours, tmp_path / "a.nii.gz", "--source", TEST_DATA / "dicom" / "seg_highdicom"), "segbridge:"),
        ((LABEL, tmp_path / "a.dcm", "--source", IMAGES, "--segment", "7=Liver"), 'no segment "7"'),
        ((finer, tmp_path / "a.dcm", "--source", IMAGES), "the voxels of the segments are 0.4"),
        ((contours, tmp_path / "a.nii.gz", "--probabilities"), "only a fractional DICOM segmentation"),
        ((tmp_path / "ct.nii.gz", tmp_path / "a.dcm", "--probabilities", "--source", IMAGES), "each voxel must be from 0 to 1"),
    ):
        done = run_segbridge("convert", *map(str, arguments))
        assert done.returncode != 0 and said in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr
    assert not list(tmp_path.glob("a.*"))


def test_a_series_is_segmented_from_an_earlier_mask_into_a_segmentation(tmp_path, slices, truth):
    k, j, i = (int(n) for n in np.argwhere(truth)[truth.sum() // 2])
    (tmp_path / "clicks.json").write_text(json.dumps({"space": "ijk", "steps": [
        {"segment": "GTV", "slice": {"axis": "k", "index": k}, "points": [{"at": [i, j, k]}]}]}))
    seg = tmp_path / "seg.dcm"
    run("segment", "--dicom", IMAGES, "--mask", LABEL, "--prompts", tmp_path / "clicks.json", "--model", "scribble-2d", "--output", seg,
        "--segment", "GTV=Gross tumour=SCT^86049000^Neoplasm, Primary")
    assert_valid(seg)
    mask = masks_of(seg, slices)["Gross tumour"]
    others = [n for n in range(len(slices)) if n != k]
    assert np.array_equal(mask[others], truth[others]) and mask[k, j, i]
    run("segment", "--dicom", IMAGES, "--prompts", tmp_path / "clicks.json", "--model", "scribble-2d", "--output", tmp_path / "p.dcm", "--probabilities")
    assert_valid(tmp_path / "p.dcm")
    assert pydicom.dcmread(tmp_path / "p.dcm").SegmentationType == "FRACTIONAL" and len(np.unique(pydicom.dcmread(tmp_path / "p.dcm").pixel_array)) > 10
    segment = pydicom.dcmread(seg).SegmentSequence[0]
    assert segment.SegmentAlgorithmType == "SEMIAUTOMATIC" and segment.SegmentAlgorithmName == "scribble-2d"
    assert segment.SegmentationAlgorithmIdentificationSequence[0].AlgorithmParameters.startswith("weights sha256:")


def test_an_export_belongs_to_the_images_and_leaves_no_identifier_behind(tmp_path, start_server, slices, truth):
    server = start_server("--journal-folder", str(tmp_path / "journals"))
    voxels = np.stack([image.pixel_array for image in slices])
    spacing = [float(mm) for mm in slices[0].PixelSpacing]
    step = float(slices[1].ImagePositionPatient[2]) - float(slices[0].ImagePositionPatient[2])
    # Rows and slices turned round, as other readers of DICOM give them.
    x, y, z = (float(mm) for mm in slices[0].ImagePositionPatient)
    turned = VolumeGeometry.from_direction(
        voxels.shape, (spacing[1], spacing[0], step), (x, y + spacing[0] * (voxels.shape[1] - 1), z + step * (voxels.shape[0] - 1)), np.diag([1.0, -1, -1]))
    images = DicomImages.read(IMAGES)
    with server.connect() as client, client.open_volume(voxels[::-1, ::-1], turned) as session:
        session.predict("Tumour", prompts.mask(truth[::-1, ::-1]))
        session.put_segment("Tumour", name="Liver", color=0x336699)
        files = [session.export(tmp_path / "seg.dcm", dicom=images), session.export(tmp_path / "rs.dcm", dicom=images, contours=True)]
        hidden = DicomImages(images.headers, deidentify=True)
        files += [session.export(tmp_path / "seg-x.dcm", dicom=hidden), session.export(tmp_path / "rs-x.dcm", dicom=hidden, contours=True)]
        with pytest.raises(InvalidRequest, match="missing"):
            session.export(tmp_path / "bad.dcm", dicom=DicomImages([*images.headers[:3], *images.headers[4:]]))
        with pytest.raises(ValueError):
            session.export(tmp_path / "bad.dcm")
        server.kill()
    for path in files:
        assert_valid(path)
    assert dice(masks_of(files[0], slices)["Liver"], truth) == 1
    run("convert", files[1], tmp_path / "rs.nii.gz", "--source", IMAGES)
    assert dice(np.asarray(nibabel.load(tmp_path / "rs.nii.gz").dataobj).T > 0, truth) >= 0.97

    secrets = identifiers(slices)
    assert len(secrets) > len(slices)
    written = [server.log, *(path for path in (tmp_path / "journals").rglob("*") if path.is_file()), files[2], files[3]]
    assert len(written) > 3, "there is no journal"
    for path in written:
        content = path.read_bytes()
        assert not [text for text in secrets if text.encode() in content], path
