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

    /// <summary>
    /// The rows of <see cref="XorZlib"/>, of which only the bytes other than zero are kept, as one zlib stream: first
    /// one bit for each byte of all rows, set where the byte is not zero (least significant first, the bits beyond
    /// the last byte zero), then those bytes in order. For the masks of organs some five times smaller than
    /// <see cref="XorZlib"/> and no slower.
    /// </summary>
    XorSparseZlib = 2,
}
