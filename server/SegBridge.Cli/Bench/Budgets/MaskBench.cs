using System.Diagnostics;
using SegBridge.Cli.Bench.Report;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Bench.Budgets;

/// <summary>Encoding and decoding a liver-sized change of a 512³ volume, as replies carry it.</summary>
internal static class MaskBench
{
    public static IEnumerable<BenchRow> Run(int rounds)
    {
        var liver = Liver();
        var (encode, decode) = (new List<double>(), new List<double>());
        var data = MaskCodec.Encode(liver, MaskEncoding.XorSparseZlib);
        for (var round = 0; round < rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            data = MaskCodec.Encode(liver, MaskEncoding.XorSparseZlib);
            encode.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            start = Stopwatch.GetTimestamp();
            MaskCodec.Decode(data, MaskEncoding.XorSparseZlib, liver.Box);
            decode.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        yield return BenchRow.Of("liver-sized change at 512³, encode", encode, BenchRow.Ms, new Budget(2));
        yield return BenchRow.Of("the same, decode", decode, BenchRow.Ms, new Budget(2));
        yield return BenchRow.Of("the same, down", [data.Length], "B", new Budget(50_000));
    }

    // An ellipsoid of 250×200×150 voxels whose surface waves.
    private static BitBlock Liver()
    {
        var box = VoxelBox.At(new Ijk(120, 140, 180), new VolumeSize(250, 200, 150));
        var (size, values) = (box.Size, new float[box.VoxelCount]);
        for (var n = 0; n < values.Length; n++)
        {
            var (i, j, k) = (n % size.I, n / size.I % size.J, n / (size.I * size.J));
            var (x, y, z) = ((i / (size.I / 2.0)) - 1, (j / (size.J / 2.0)) - 1, (k / (size.K / 2.0)) - 1);
            var wave = 1 + (0.06 * Math.Sin(i / 9.0) * Math.Cos(j / 7.0) * Math.Sin(k / 5.0));
            values[n] = (float)(0.88 * wave) - (float)Math.Sqrt((x * x) + (y * y) + (z * z));
        }

        return BitBlock.Above(box, values, 0);
    }
}
