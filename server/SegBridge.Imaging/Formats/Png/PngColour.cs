namespace SegBridge.Imaging.Formats;

/// <summary>PNG's colour types that can be read, with their numbers in the file.</summary>
internal enum PngColour
{
    Grey = 0,
    Rgb = 2,
    Palette = 3,
}
