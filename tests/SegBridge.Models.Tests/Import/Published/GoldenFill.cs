using System.Text;

namespace SegBridge.Models.Tests.Import.Published;

/// <summary>
/// Deterministic values for checking networks without trained weights: for a name s and an element i in row-major
/// order, x = murmur3's finaliser of (i · 0x9E3779B9 + FNV-1a(s)) and u = x / 2³².
/// </summary>
internal static class GoldenFill
{
    private static readonly string[] Small = ["pos_embed", "rel_pos"];

    private static readonly string[] Unit =
        ["point_embeddings", "not_a_point_embed", "no_mask_embed", "mask_tokens", "iou_token", "gaussian_matrix"];

    /// <summary>u in [0, 1).</summary>
    public static float[] Uniform(string name, int count)
    {
        var seed = Fnv1a(name);
        var values = new float[count];
        for (var n = 0; n < count; n++)
        {
            values[n] = (float)Element(seed, n);
        }

        return values;
    }

    /// <summary>What a parameter of that name and shape is filled with.</summary>
    public static float[] Parameter(string name, IReadOnlyList<long> shape)
    {
        var count = (int)shape.Aggregate(1L, (product, length) => product * length);
        var (scale, centre) = ScaleOf(name, shape, count);
        var seed = Fnv1a(name);
        var values = new float[count];
        for (var n = 0; n < count; n++)
        {
            values[n] = (float)(centre + (scale * ((2 * Element(seed, n)) - 1)));
        }

        return values;
    }

    private static (double Scale, double Centre) ScaleOf(string name, IReadOnlyList<long> shape, int count)
    {
        bool Has(string[] parts) => parts.Any(part => name.Contains(part, StringComparison.Ordinal));
        return Has(Small) ? (0.3, 0)
            : Has(Unit) ? (1, 0)
            : shape.Count >= 2 ? (Math.Sqrt(3.0 * shape[0] / count), 0)
            : name.EndsWith(".bias", StringComparison.Ordinal) ? (0.1, 0)
            : count == 1 ? (0.1, 0.25)
            : (0.2, 1);
    }

    private static uint Fnv1a(string text) =>
        Encoding.UTF8.GetBytes(text).Aggregate(2166136261u, (hash, value) => unchecked((hash ^ value) * 16777619u));

    private static double Element(uint seed, int index)
    {
        unchecked
        {
            var x = ((uint)index * 0x9E3779B9u) + seed;
            x ^= x >> 16;
            x *= 0x85EBCA6Bu;
            x ^= x >> 13;
            x *= 0xC2B2AE35u;
            x ^= x >> 16;
            return x / 4294967296.0;
        }
    }
}
