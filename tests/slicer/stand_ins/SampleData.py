"""The module Sample Data: where other modules register theirs."""
from __future__ import annotations

import slicer


class SampleDataSource:
    def __init__(self, sampleName=None, customDownloader=None, thumbnailFileName=None, nodeNames=None, **others):
        self.sampleName, self.customDownloader, self.thumbnailFileName = sampleName, customDownloader, thumbnailFileName
        self.nodeNames, self.others = nodeNames, others


class SampleDataLogic:
    @staticmethod
    def registerCustomSampleDataSource(category="Custom", sampleName=None, uris=None, fileNames=None, nodeNames=None, customDownloader=None,
                                       thumbnailFileName=None, loadFileType=None, loadFiles=None, loadFileProperties=None, checksums=None):
        sources = slicer.modules.__dict__.setdefault("sampleDataSources", {})
        source = SampleDataSource(sampleName, customDownloader, thumbnailFileName, nodeNames, uris=uris, fileNames=fileNames)
        sources.setdefault(category, []).append(source)

    @staticmethod
    def sampleDataSourcesByCategory(category=None):
        sources = slicer.modules.__dict__.setdefault("sampleDataSources", {})
        return sources.get(category, []) if category else sources
