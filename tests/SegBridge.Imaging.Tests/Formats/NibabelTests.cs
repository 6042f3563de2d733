using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Tests.Formats;

/// <summary>Our files read by nibabel, and nibabel's by us, with the same voxels at the same places.</summary>
public sealed class NibabelTests : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [NibabelFact]
    public void Files_written_by_others_read_as_they_read_them()
    {
        IndependentReader.Run("make", _folder.Path);
        var samples = Samples();
        Assert.True(samples.Length > 80, $"only {samples.Length} samples");
        AssertAllRead(samples);
    }

    [NibabelFact(needsData: true)]
    public void Files_of_the_data_sets_read_as_nibabel_reads_them()
    {
        IndependentReader.Run("make", _folder.Path, IndependentReader.DataSets!);
        var samples = Samples().Where(sample => Path.IsPathRooted(sample.File)).ToArray();
        Assert.NotEmpty(samples);
        AssertAllRead(samples);
    }

    [NibabelFact]
    public void Files_written_by_us_read_the_same_elsewhere()
    {
        var expected = new List<Written>();
        for (var seed = 0; seed < 70; seed++)
        {
            var (type, sheared) = ((VoxelType)(seed % 7), seed % 5 == 4);
            var volume = SampleVolumes.From(seed, type, sheared);
            var name = seed % 3 == 0 ? $"{seed}.nii" : $"{seed}.nii.gz";
            using (var stream = File.Create(_folder[name]))
            {
                NiftiFile.Write(stream, volume, seed % 3 != 0, version: seed % 2 == 0 ? 1 : 2);
            }

            expected.Add(WrittenFrom(name, volume, exactAffine: seed % 2 != 0, []));
        }

        for (var seed = 70; seed < 100; seed++)
        {
            var volume = SampleVolumes.From(seed, (VoxelType)(seed % 7));
            var pairs = new Dictionary<string, string> { ["Segment0_Name"] = "tumour: left", ["µ"] = "=" };
            using (var stream = File.Create(_folder[$"{seed}.nrrd"]))
            {
                NrrdFile.Write(stream, volume, pairs);
            }

            expected.Add(WrittenFrom($"{seed}.nrrd", volume, exactAffine: true, pairs));
        }

        File.WriteAllText(_folder["ours.json"], JsonSerializer.Serialize(expected, Json));
        IndependentReader.Run("verify", _folder.Path);
    }

    private Sample[] Samples() => JsonSerializer.Deserialize<Sample[]>(File.ReadAllText(_folder["samples.json"]), Json)!;

    private void AssertAllRead(Sample[] samples)
    {
        var wrong = new List<string>();
        foreach (var sample in samples)
        {
            // A rooted path stays as it is.
            var volume = VolumeFile.Read(_folder[sample.File]);
            var size = volume.Geometry.Size;
            if (!sample.Shape.SequenceEqual([size.I, size.J, size.K]))
            {
                wrong.Add($"{sample.File}: size {size}");
            }
            else if (HashOf(SampleVolumes.ValuesOf(volume)) != sample.Sha256)
            {
                wrong.Add($"{sample.File}: values differ");
            }

            var affine = AffineOf(volume.Geometry);
            var worst = Enumerable.Range(0, 12).Max(n => Math.Abs(affine[n / 4][n % 4] - sample.Affine[n / 4][n % 4]));
            if (!(worst < 1e-6))
            {
                wrong.Add($"{sample.File}: affine differs by {worst}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static Written WrittenFrom(string name, Volume volume, bool exactAffine, Dictionary<string, string> pairs) => new(
        name,
        [volume.Geometry.Size.I, volume.Geometry.Size.J, volume.Geometry.Size.K],
        AffineOf(volume.Geometry),
        HashOf(SampleVolumes.ValuesOf(volume)),
        Convert.ToHexStringLower(SHA256.HashData(volume.Data.Span)),
        volume.VoxelType.ToString().ToLowerInvariant(),
        !volume.Geometry.Direction.IsOrthogonal(1e-5),
        exactAffine,
        pairs);

    /// <summary>Rows of the 4×4 matrix from (i, j, k) to RAS, got from three points and the origin.</summary>
    private static double[][] AffineOf(VolumeGeometry geometry)
    {
        var origin = geometry.ToLps(new VoxelPoint(0, 0, 0)).ToRas();
        RasPoint[] ends =
        [
            geometry.ToLps(new VoxelPoint(1, 0, 0)).ToRas(),
            geometry.ToLps(new VoxelPoint(0, 1, 0)).ToRas(),
            geometry.ToLps(new VoxelPoint(0, 0, 1)).ToRas(),
        ];
        return
        [
            [.. ends.Select(end => end.R - origin.R), origin.R],
            [.. ends.Select(end => end.A - origin.A), origin.A],
            [.. ends.Select(end => end.S - origin.S), origin.S],
            [0, 0, 0, 1],
        ];
    }

    private static string HashOf(float[] values) =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values.AsSpan())));

    private sealed record Sample(string File, int[] Shape, double[][] Affine, string Sha256);

    private sealed record Written(
        string File, int[] Shape, double[][] Affine, string Sha256, string StoredSha256, string Dtype, bool Sheared,
        bool ExactAffine, Dictionary<string, string> KeyValues);
}
