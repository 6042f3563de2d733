using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Formats;

/// <summary>A NRRD file: its volume, and its key/value pairs such as the segments of a <c>.seg.nrrd</c>.</summary>
public sealed record NrrdContent(Volume Volume, IReadOnlyDictionary<string, string> KeyValues);
