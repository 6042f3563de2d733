using SegBridge.Imaging.Intensity;
using SegBridge.Models.Slices;

namespace SegBridge.Sessions.Tasks;

/// <summary>
/// A finished slice, independent of any model: the image scaled to 16-bit grey, and the mask. At most
/// <see cref="MaxSide"/> pixels on the longer side.
/// </summary>
/// <param name="Rows">At least 1.</param>
/// <param name="Columns">At least 1.</param>
/// <param name="Grey">Row-major, rows × columns.</param>
/// <param name="Mask">Row-major, rows × columns, 0 or 1, not all 0.</param>
/// <param name="Windowed">
/// True: 0 .. 65535 is the window in which models saw the slice. False: it is the slice's whole range, and models take
/// percentiles of it.
/// </param>
public sealed record ExamplePicture(int Rows, int Columns, ReadOnlyMemory<ushort> Grey, ReadOnlyMemory<byte> Mask, bool Windowed)
{
    public const int MaxSide = 512;

    /// <summary>The image as models take it.</summary>
    public SliceImage ToImage()
    {
        var pixels = new float[Grey.Length];
        var grey = Grey.Span;
        for (var n = 0; n < pixels.Length; n++)
        {
            pixels[n] = grey[n];
        }

        return new SliceImage(Rows, Columns, pixels, Windowed ? new IntensityWindow(0, ushort.MaxValue) : null);
    }
}
