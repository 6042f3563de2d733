using SegBridge.Imaging.Intensity;

namespace SegBridge.Cli.CommandLine;

/// <summary>Windows through which readers look at images.</summary>
internal static class ViewWindow
{
    /// <summary>The usual one for soft tissue in CT, in Hounsfield units.</summary>
    public static IntensityWindow SoftTissue { get; } = new(-160, 240);
}
