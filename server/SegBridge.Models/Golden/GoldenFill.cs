using System.Text;

namespace SegBridge.Models.Golden;

/// <summary>
/// Numbers that anyone can make again: for a text s and an element index i, u(s, i) in [0, 1) is the murmur3 finaliser of
/// i · 0x9E3779B9 + FNV-1a(s), modulo 2³², divided by 2³²; w = 2u − 1.
/// </summary>
internal static class GoldenFill
{
    private static readonly string[] Small = ["pos_embed", "rel_pos"];
    private static readonly string[] Unit = ["point_embeddings", "not_a_point_embed", "no_mask_embed", "mask_tokens", "iou_token", "gaussian_matrix"];

    /// <summary>u(name, i), rounded to float32.</summary>
    public static void Uniform(string name, Span<float> values)
    {
        var hash = Fnv1a(name);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)At(hash, i);
        }
    }

    public static float[] Uniform(string name, int count)
    {
        var values = new float[count];
        Uniform(name, values);
        return values;
    }

    /// <summary>The value of a parameter by its name and shape, in a range in which networks of any depth stay finite.</summary>
    public static void Parameter(string name, IReadOnlyList<long> shape, Span<float> values)
    {
        var (scale, offset) = Rule(name, shape, values.Length);
        var hash = Fnv1a(name);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(offset + (scale * ((2 * At(hash, i)) - 1)));
        }
    }

    private static (double Scale, double Offset) Rule(string name, IReadOnlyList<long> shape, int count)
    {
        if (Small.Any(part => name.Contains(part, StringComparison.Ordinal)))
        {
            return (0.3, 0);
        }

        if (Unit.Any(part => name.Contains(part, StringComparison.Ordinal)))
        {
            return (1, 0);
        }

        if (shape.Count >= 2)
        {
            return (Math.Sqrt(3.0 * shape[0] / count), 0);
        }

        return name.EndsWith(".bias", StringComparison.Ordinal) ? (0.1, 0) : count == 1 ? (0.1, 0.25) : (0.2, 1);
    }

    private static uint Fnv1a(string text)
    {
        var hash = 2_166_136_261u;
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            hash = unchecked((hash ^ octet) * 16_777_619u);
        }

        return hash;
    }

    private static double At(uint hash, int i)
    {
        unchecked
        {
            var x = ((uint)i * 0x9E37_79B9u) + hash;
            x ^= x >> 16;
            x *= 0x85EB_CA6Bu;
            x ^= x >> 13;
            x *= 0xC2B2_AE35u;
            x ^= x >> 16;
            return x / 4_294_967_296.0;
        }
    }
}
