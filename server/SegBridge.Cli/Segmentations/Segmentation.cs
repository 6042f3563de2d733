using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Cli.Segmentations;

/// <summary>Segments on one grid, wherever they come from and go to.</summary>
internal sealed record Segmentation(VolumeGeometry Grid, IReadOnlyList<SegmentMask> Segments);
