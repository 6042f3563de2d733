namespace SegBridge.Imaging.Masks;

/// <summary>How the bits of a mask box travel.</summary>
public enum MaskEncoding
{
    /// <summary>The bits of <see cref="BitBlock"/> as they are.</summary>
    Packed = 0,

    /// <summary>
    /// Each row exclusive-or the row before it in the flattened (k, j) order, the first row as it is, all as one
    /// zlib stream (RFC 1950).
    /// </summary>
    XorZlib = 1,
}
