"""The phantom as sample data of 3D Slicer: made when it is asked for, nothing is downloaded."""
import os
from typing import Any

import slicer

from .phantom import WINDOW, make_phantom

NAME = "SegBridgePhantom"


def registerSampleData(thumbnailFolder: str) -> None:
    """Adds the phantom to the module Sample Data, once; not before Slicer itself has loaded that module."""
    if not hasattr(slicer.modules, "sampledata"):
        return
    import SampleData

    known = getattr(slicer.modules, "sampleDataSources", {}).get("SegBridge", [])
    if any(source.sampleName == NAME for source in known):
        return
    # Sample Data wants an address and a file name of every source; its button calls the custom downloader instead.
    SampleData.SampleDataLogic.registerCustomSampleDataSource(
        category="SegBridge", sampleName=NAME, uris="", fileNames="", nodeNames=NAME, customDownloader=loadPhantom,
        thumbnailFileName=os.path.join(thumbnailFolder, NAME + ".png"))


def loadPhantom(source: Any = None, oblique: bool = False) -> Any:
    """Puts the phantom into the scene and shows it. Returns its vtkMRMLScalarVolumeNode."""
    phantom = make_phantom(oblique=oblique)
    volumeNode = slicer.util.addVolumeFromArray(phantom.voxels, phantom.ijk_to_ras, NAME)
    displayNode = volumeNode.GetDisplayNode()
    displayNode.SetAutoWindowLevel(False)
    displayNode.SetWindowLevel(WINDOW[1] - WINDOW[0], (WINDOW[0] + WINDOW[1]) / 2)
    if slicer.app.layoutManager() is not None:
        slicer.util.setSliceViewerLayers(background=volumeNode, fit=True)
    return volumeNode
