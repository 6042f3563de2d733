using System.Globalization;

namespace SegBridge.Imaging.Volumes;

/// <summary>Place of a brick in its <see cref="BrickGrid"/>: brick 0 begins at voxel 0 along each axis.</summary>
public readonly record struct BrickIndex(int I, int J, int K)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"brick (i {I}, j {J}, k {K})");
}
