using SegBridge.Cli.Tests.Simulation;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Tests.Evaluate;

/// <summary>A folder of labelled volumes: two bright balls in a dim block each, one case for each split.</summary>
internal sealed class TinyDataset : IDisposable
{
    private static readonly VolumeSize Size = new(40, 40, 20);
    private static readonly Spacing Spacing = new(1.5, 1.5, 3);

    public TinyDataset()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "images"));
        Directory.CreateDirectory(Path.Combine(Folder, "labels"));
        Write("one", 1);
        Write("two", 2);
        File.WriteAllText(Path.Combine(Folder, "dataset.json"), """
            {"name": "balls", "modality": "MR T1", "cases": [
              {"id": "one", "subject": "1", "image": "images/one.nii.gz", "label": "labels/one.nii.gz", "split": "train"},
              {"id": "two", "subject": "2", "image": "images/two.nii.gz", "label": "labels/two.nii.gz", "split": "validation"}]}
            """);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("segbridge-balls-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void Write(string id, int seed)
    {
        var random = new Random(seed);
        var (large, small) = (VolumeBlobs.Ball(Size, Spacing, new Ijk(13, 14, 10), 14), VolumeBlobs.Ball(Size, Spacing, new Ijk(30, 28, 9), 9));
        var (image, label) = (new byte[Size.VoxelCount], new byte[Size.VoxelCount]);
        foreach (var (voxel, at) in VolumeBlobs.Voxels(Size).Select((voxel, at) => (voxel, at)))
        {
            label[at] = large[voxel] ? (byte)1 : small[voxel] ? (byte)2 : (byte)0;
            image[at] = (byte)((label[at] switch { 1 => 180, 2 => 130, _ => 60 }) + random.Next(25));
        }

        var geometry = VolumeGeometry.AxisAligned(Size, Spacing);
        foreach (var (folder, voxels) in new[] { ("images", image), ("labels", label) })
        {
            VolumeFile.Write(Path.Combine(Folder, folder, $"{id}.nii.gz"), new Volume(geometry, VoxelType.UInt8, Rescale.Identity, voxels));
        }
    }
}
