using SegBridge.Imaging.Intensity;

namespace SegBridge.Models.Slices;

/// <summary>
/// One slice of a volume. What depends on the image alone is computed once per instance: give the same instance
/// with every prompt on the slice.
/// </summary>
/// <param name="Rows">At least 1.</param>
/// <param name="Columns">At least 1.</param>
/// <param name="Pixels">Real values (rescaled), row-major, rows × columns. Must not change afterwards.</param>
/// <param name="Window">The values that matter, or null for the model's own percentiles of this slice.</param>
public sealed record SliceImage(int Rows, int Columns, ReadOnlyMemory<float> Pixels, IntensityWindow? Window);
