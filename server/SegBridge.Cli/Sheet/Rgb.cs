namespace SegBridge.Cli.Sheet;

/// <summary>A colour, 0 to 255 each.</summary>
internal readonly record struct Rgb(byte Red, byte Green, byte Blue)
{
    public static Rgb Grey(byte value) => new(value, value, value);
}
