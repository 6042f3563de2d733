using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Server.Doors.Monai;

/// <summary>A file as it came. Of its name, which is a path on the client's computer, only the extension is kept.</summary>
/// <param name="Extension">".nii.gz", ".nrrd", …; empty when it has none.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record UploadedFile(string Extension, byte[] Content)
{
    private const int MaxExtension = 10;

    public static string ExtensionOf(string? name)
    {
        var lower = name?.ToLowerInvariant() ?? "";
        foreach (var known in (string[])[".nii.gz", ".seg.nrrd"])
        {
            if (lower.EndsWith(known, StringComparison.Ordinal))
            {
                return known;
            }
        }

        var extension = Path.GetExtension(lower);
        return extension.Length is > 1 and <= MaxExtension && extension.Skip(1).All(char.IsAsciiLetterOrDigit) ? extension : "";
    }

    /// <summary>The volume that the file holds.</summary>
    /// <param name="what">What messages call it.</param>
    /// <param name="maxVoxelBytes">Most bytes of voxels.</param>
    /// <exception cref="VolumeFormatException">It holds none, or a larger one.</exception>
    public Volume Read(string what, long maxVoxelBytes) =>
        VolumeFile.Read(new MemoryStream(Content, writable: false), what, new ReadLimits(maxVoxelBytes));

    /// <summary>A label map: a volume file, or nothing but the voxels of an image's grid (".bin"), 8 or 16 bits each.</summary>
    /// <exception cref="VolumeFormatException">It is neither.</exception>
    public Volume ReadLabels(VolumeGeometry image)
    {
        var voxels = image.Size.VoxelCount;
        if (Extension != ".bin")
        {
            // Some programs write labels as 64-bit numbers.
            return Read("label", voxels * 12);
        }

        return new Volume(
            image,
            Content.Length == voxels ? VoxelType.UInt8
                : Content.Length == 2 * voxels ? VoxelType.UInt16
                : throw new VolumeFormatException($"label: {Content.Length} bytes are not one or two for each of the {voxels} voxels of the image"),
            Rescale.Identity,
            Content);
    }
}
