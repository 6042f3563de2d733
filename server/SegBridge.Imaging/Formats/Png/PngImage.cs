namespace SegBridge.Imaging.Formats;

/// <summary>A two-dimensional image with 1 (grey) or 3 (red, green, blue) samples a pixel.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows, from top to bottom.</param>
/// <param name="Channels">1 or 3.</param>
/// <param name="BitsPerSample">8 or 16.</param>
/// <param name="Samples">
/// Rows from the top, pixels from the left, channels together: shape (Height, Width, Channels); 16-bit samples are
/// little-endian.
/// </param>
public sealed record PngImage(int Width, int Height, int Channels, int BitsPerSample, ReadOnlyMemory<byte> Samples);
