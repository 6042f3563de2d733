"""MONAI Label's clients against the door for them: image, prompts, corrections, mask, as through gRPC."""
import gzip
import json
import time

import numpy as np
import pytest
from end_to_end import dice
from monai_clients import MonaiError, OhifPlugin, SlicerPlugin, read_nrrd, temporary_image

from SegBridgeLib import contract, prompts

nibabel = pytest.importorskip("nibabel", reason="nibabel is not installed")
ORIGIN = "http://viewer.example"


@pytest.fixture(scope="module")
def server(start_server):
    return start_server("--rate-limit", "0", "--doors", "monai", "--door-port", "monai=0", "--allow-origin", ORIGIN)


@pytest.fixture(scope="module")
def address(server):
    return server.ready["doors"]["monai"]


@pytest.fixture
def slicer(address, tmp_path):
    return SlicerPlugin(address, tmp_path)


@pytest.fixture
def real_file(real_ct, tmp_path):
    """The volume as the plug-in saves what its user has open."""
    path = temporary_image(tmp_path)
    affine = np.asarray(real_ct.geometry.ijk_to_ras)
    nibabel.save(nibabel.Nifti1Image(np.asarray(real_ct.voxels).T, affine), path)
    return path


def clicks_of(case):
    """A click on the object, one on a part further out, one beside it."""
    k = case.best_slice
    inside = [list(case.centre(k)), list(case.centre(k + 1))]
    return inside, [list(case.outside(k))]


def grpc_masks(server, case, steps, **options):
    """The mask after every step, each a list of prompts."""
    with server.connect("web") as client, client.open_volume(
            case.voxels, case.geometry, modality=contract.Modality.CT, **options) as session:
        masks = []
        for drawn, plane in steps:
            session.predict("object", drawn, *([] if plane is None else [("k", plane)]))
            masks.append(session.mask("object").copy())
        return masks


def test_Slicers_plugin_clicks_and_corrects_on_a_real_CT_and_gets_the_mask_that_gRPC_gives(server, slicer, real_ct, real_file):
    info = slicer.info()
    assert "config" not in info and info["models"]["tumour-3d"]["type"] == "deepgrow" and info["models"]["tumour-3d"]["dimension"] == 3
    slicer.create_session(real_file)
    inside, outside = clicks_of(real_ct)
    asked = [
        {"label": "tumour", "foreground": inside[:1], "background": [], "reset_state": True},
        {"label": "tumour", "foreground": inside, "background": []},
        {"label": "tumour", "foreground": inside, "background": outside},
    ]
    expected = grpc_masks(server, real_ct, [
        (prompts.point(inside[0]), None), (prompts.point(inside[1]), None), (prompts.point(outside[0], positive=False), None),
    ], model="tumour-3d")
    for params, mask in zip(asked, expected):
        saved, told = slicer.infer("tumour-3d", "sample volume", params)
        header, labels = read_nrrd(saved.read_bytes())
        assert saved.name == "result.nrrd" and told["label_names"] == {"tumour": 1}
        assert header["space"] == "left-posterior-superior" and header["encoding"] == "gzip"
        assert np.array_equal(labels, mask.astype(np.uint8))
    assert mask.any() and dice(mask, real_ct.truth) > 0.3
    # Taken back, the last click leaves the mask that was there before; asked again, nothing is computed anew.
    assert np.array_equal(read_nrrd(slicer.infer("tumour-3d", "sample volume", asked[1])[0].read_bytes())[1], expected[1])
    assert slicer.calls[:3] == ["GET /info/", "PUT /session/", "GET /session/" + slicer.session_id]
    # The grid is that of the image, to the last voxel.
    directions = np.array([[float(x) for x in v.strip("()").split(",")] for v in header["space directions"].split()])
    origin = np.array([float(x) for x in header["space origin"].strip("()").split(",")])
    ras = np.asarray(real_ct.geometry.ijk_to_ras)
    flip = np.array([-1, -1, 1])
    assert np.allclose(directions.T, flip[:, None] * ras[:3, :3], atol=1e-4) and np.allclose(origin, flip * ras[:3, 3], atol=1e-3)


def test_a_box_and_a_click_on_one_slice_with_a_2D_model(server, slicer, real_ct, real_file):
    slicer.create_session(real_file)
    k = real_ct.best_slice
    rows, columns = np.nonzero(real_ct.truth[k])
    i0, i1, j0, j1 = (int(x) for x in (columns.min(), columns.max(), rows.min(), rows.max()))
    # Corners of a flipped volume come the wrong way round.
    params = {"label": "tumour", "foreground": [list(real_ct.centre(k))], "background": [], "slice": k, "roi": [i1, i0, j0, j1, k, k]}
    _, labels = read_nrrd(slicer.infer("scribble-2d", "sample volume", params)[0].read_bytes())
    (expected,) = grpc_masks(server, real_ct, [([prompts.box((i0, j0, k), (i1 + 1, j1 + 1, k + 1)), prompts.point(real_ct.centre(k))], k)], model="scribble-2d")
    assert np.array_equal(labels, expected.astype(np.uint8)) and dice(labels[k] > 0, real_ct.truth[k]) > 0.5


def test_scribbles_come_as_a_label_map_and_the_users_own_edit_counts(server, slicer, real_ct, real_file, tmp_path):
    slicer.create_session(real_file)
    k = real_ct.best_slice
    i, j, _ = real_ct.centre(k)
    inside, outside = np.zeros(real_ct.truth.shape, bool), np.zeros(real_ct.truth.shape, bool)
    inside[k, j, i - 4:i + 5] = True
    oi, oj, _ = real_ct.outside(k)
    outside[k, oj - 6:oj + 7, oi] = True
    params = {
        "roi": [], "selected_label_name": "tumour",
        "label_info": [{"name": "tumour", "id": 1}, {"name": "background_scribbles", "id": 2}, {"name": "foreground_scribbles", "id": 3}],
    }

    def drawn(mask):
        labels = mask.astype(np.uint8)
        labels[outside], labels[inside] = 2, 3
        path = temporary_image(tmp_path)
        nibabel.save(nibabel.Nifti1Image(labels.T, np.asarray(real_ct.geometry.ijk_to_ras)), path)
        return path

    saved, told = slicer.infer("scribble-2d:scribbles", "sample volume", params, drawn(np.zeros_like(inside)))
    _, labels = read_nrrd(saved.read_bytes())
    (expected,) = grpc_masks(server, real_ct, [([prompts.scribble(outside, positive=False), prompts.scribble(inside)], k)], model="scribble-2d")
    assert np.array_equal(labels, expected.astype(np.uint8)) and told["label_names"] == {"tumour": 1}
    # The user erases a slice's worth by hand and asks again: nothing is drawn anew, so the edit stands.
    edited = (labels > 0) & (np.arange(labels.shape[2]) < i)[None, None, :]
    _, again = read_nrrd(slicer.infer("scribble-2d:scribbles", "sample volume", params, drawn(edited))[0].read_bytes())
    hidden = inside | outside
    assert np.array_equal(again[~hidden], edited.astype(np.uint8)[~hidden])


def test_candidates_are_a_choice_of_the_models_configuration(server, slicer, real_ct, real_file):
    choices = slicer.info()["models"]["tumour-3d"]["config"]["candidate"]
    assert choices == ["best", "2", "3"]
    slicer.create_session(real_file)
    inside, _ = clicks_of(real_ct)
    params = {"label": "tumour", "foreground": inside[:1], "background": []}
    masks = {}
    for choice in [*choices, "best"]:
        saved, told = slicer.infer("tumour-3d", "sample volume", {**params, "candidate": choice})
        mask = read_nrrd(saved.read_bytes())[1]
        assert len(told["candidates"]) == 3 and np.array_equal(masks.setdefault(choice, mask), mask)
    assert not np.array_equal(masks["best"], masks["2"]) or not np.array_equal(masks["best"], masks["3"])


def test_OHIFs_plugin_gets_raw_voxels_of_an_image_in_the_datastore(server, slicer, address, real_ct, real_file):
    series = "1.2.826.0.1.3680043.8.498.1"
    assert slicer.upload_image(real_file, series) == {"image": series}
    ohif = OhifPlugin(address, ORIGIN)
    assert "object" in ohif.info()["labels"] and not ohif.is_training()
    inside, outside = clicks_of(real_ct)
    voxels = ohif.infer("tumour-3d", series, {"foreground": inside[:1], "background": outside})
    (expected,) = grpc_masks(
        server, real_ct, [([prompts.point(outside[0], positive=False), prompts.point(inside[0])], None)], model="tumour-3d")
    assert np.array_equal(np.frombuffer(voxels, np.uint8).reshape(expected.shape), expected.astype(np.uint8))
    assert ohif.save_label(series, voxels) == {"image": series, "label": series}
    assert slicer.download_label(series, "final") == ("1.2.826.0.1.3680043.8.498.1.bin", voxels)


def test_the_round_of_a_sample_next_label_done(slicer, ellipsoid, tmp_path):
    path = temporary_image(tmp_path)
    nibabel.save(nibabel.Nifti1Image(ellipsoid.voxels.T, np.asarray(ellipsoid.geometry.ijk_to_ras)), path)
    slicer.upload_image(path, "a volume with spaces & ümlauts")
    sample = slicer.next_sample()
    while sample["id"] != "a volume with spaces & ümlauts":
        sample = slicer.next_sample()
    assert sample["path"] == "" and sample["name"].endswith(".nii.gz")
    assert slicer.download_sample(sample["id"]) == path.read_bytes()
    # The plug-in runs the first model at once, before there is any prompt.
    _, labels = read_nrrd(slicer.infer("tumour-3d", sample["id"], {})[0].read_bytes())
    assert labels.shape == ellipsoid.voxels.shape and not labels.any()
    label = temporary_image(tmp_path, ".nii.gz")
    label.write_bytes(gzip.compress(b"a label"))
    before = slicer.info()["datastore"]["completed"]
    slicer.save_label(sample["id"], label, {"label_info": [{"name": "object", "idx": 1}]})
    assert slicer.info()["datastore"]["completed"] == before + 1
    assert slicer.download_label(sample["id"], "final") == ("a_volume_with_spaces____mlauts.nii.gz", label.read_bytes())
    assert not slicer.is_training()


def test_a_session_that_is_gone_is_made_again_without_a_word_to_the_user(slicer, ellipsoid, tmp_path):
    path = temporary_image(tmp_path)
    nibabel.save(nibabel.Nifti1Image(ellipsoid.voxels.T, np.asarray(ellipsoid.geometry.ijk_to_ras)), path)
    slicer.session_id = "0123456789abcdef0123456789abcdef"
    saved, _ = slicer.infer("scribble-2d", "volume", {"label": "object", "foreground": [[80, 70, 12]], "background": []}, upload=path)
    assert read_nrrd(saved.read_bytes())[1][12].any() and "PUT /session/" in slicer.calls


def test_with_keys_the_password_is_the_key(start_server, tmp_path, ellipsoid):
    from end_to_end import run_segbridge

    keys = tmp_path / "keys.txt"
    key = json.loads(run_segbridge("keys", "add", "--file", str(keys), "--name", "anna", "--json").stdout)["key"]
    guarded = start_server("--key-file", str(keys), "--doors", "monai", "--door-port", "monai=0")
    address = guarded.ready["doors"]["monai"]
    with pytest.raises(MonaiError) as refused:
        SlicerPlugin(address, tmp_path, password="not the key").info()
    assert refused.value.status == 401
    plugin = SlicerPlugin(address, tmp_path, password=key)
    path = temporary_image(tmp_path)
    nibabel.save(nibabel.Nifti1Image(ellipsoid.voxels.T, np.asarray(ellipsoid.geometry.ijk_to_ras)), path)
    plugin.create_session(path)
    saved, _ = plugin.infer("scribble-2d", "volume", {"label": "object", "foreground": [[80, 70, 12]], "background": []})
    assert read_nrrd(saved.read_bytes())[1].any()
    # Where no key can be sent, it stands in the address.
    plugin.upload_image(path, "sample")
    with pytest.raises(MonaiError):
        plugin.download_sample("sample")
    assert SlicerPlugin(f"{address}/u/{key}", tmp_path).download_sample("sample") == path.read_bytes()
