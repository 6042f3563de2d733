using System.Runtime.InteropServices;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Sessions.Segments;

/// <summary>
/// Logits of a 3D model as a segment remembers them: as they are for the newest steps of its history, of older ones
/// rounded to six significant bits, which moves a probability by less than 0.004, cut at ±1024 and packed like a brick,
/// a fifth of the memory. Which steps these are follows from the history alone, never from what memory there is: a
/// journal done again starts every step from the same numbers, to the last bit. Thread-safe.
/// </summary>
internal sealed class KeptLogits
{
    private const float Most = 1024;

    // A float without its sign and the lower 18 bits: 8 of the exponent, 5 of the mantissa, whose first 1 is not stored.
    private const int Dropped = 18;

    // What is nearer to 0 than 1/64 is 0.
    private static readonly int Least = (BitConverter.SingleToInt32Bits(1 / 64f) >> Dropped) - 1;

    private readonly VolumeSize _size;
    private volatile Form _form;

    private KeptLogits(ReadOnlyMemory<float> logits, VolumeSize size) => (_form, _size) = (new Form(logits, null), size);

    /// <summary>Whether they are as the model made them.</summary>
    public bool IsExact => _form.Packed is null;

    public long BytesHeld => _form is { Packed: { } packed } ? packed.Length : (long)_size.VoxelCount * sizeof(float);

    /// <param name="logits">Tensor order (R, A, S) of a patch.</param>
    /// <param name="grid">Where the patch lies.</param>
    public static KeptLogits Of(ReadOnlyMemory<float> logits, VolumeGeometry grid) => new(logits, grid.Size);

    /// <summary>Rounds and packs them, once. Under the session's lock.</summary>
    public void Pack()
    {
        if (!IsExact)
        {
            return;
        }

        var logits = _form.Exact.Span;
        var codes = new short[logits.Length];
        for (var n = 0; n < codes.Length; n++)
        {
            codes[n] = CodeOf(logits[n]);
        }

        _form = new Form(default, BrickCodec.Encode(MemoryMarshal.AsBytes(codes.AsSpan()), _size, VoxelType.Int16, BrickEncoding.DeltaPlanesZlib));
    }

    /// <summary>Tensor order (R, A, S).</summary>
    public ReadOnlyMemory<float> Read()
    {
        var form = _form;
        if (form.Packed is not { } packed)
        {
            return form.Exact;
        }

        var codes = new short[_size.VoxelCount];
        BrickCodec.Decode(packed, BrickEncoding.DeltaPlanesZlib, VoxelType.Int16, _size, MemoryMarshal.AsBytes(codes.AsSpan()));
        return Array.ConvertAll(codes, LogitOf);
    }

    // Codes rise with logits; a number that is none is undecided.
    private static short CodeOf(float logit)
    {
        if (float.IsNaN(logit))
        {
            return 0;
        }

        var bits = BitConverter.SingleToInt32Bits(Math.Min(Math.Abs(logit), Most));
        var code = Math.Max(0, ((bits + (1 << (Dropped - 1))) >> Dropped) - Least);
        return (short)(logit < 0 ? -code : code);
    }

    private static float LogitOf(short code) =>
        code == 0 ? 0 : Math.Sign(code) * BitConverter.Int32BitsToSingle((Math.Abs((int)code) + Least) << Dropped);

    private sealed record Form(ReadOnlyMemory<float> Exact, byte[]? Packed);
}
