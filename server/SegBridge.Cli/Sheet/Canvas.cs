using SegBridge.Imaging.Formats;

namespace SegBridge.Cli.Sheet;

/// <summary>A colour picture to draw on; what leaves it is cut off.</summary>
internal sealed class Canvas
{
    private readonly byte[] _pixels;

    public Canvas(int width, int height, Rgb background)
    {
        (Width, Height) = (width, height);
        _pixels = new byte[3 * width * height];
        Fill(0, 0, width, height, background);
    }

    public int Width { get; }

    public int Height { get; }

    public Rgb this[int x, int y]
    {
        get
        {
            var at = 3 * ((y * Width) + x);
            return new Rgb(_pixels[at], _pixels[at + 1], _pixels[at + 2]);
        }
        set
        {
            if ((uint)x < (uint)Width && (uint)y < (uint)Height)
            {
                var at = 3 * ((y * Width) + x);
                (_pixels[at], _pixels[at + 1], _pixels[at + 2]) = (value.Red, value.Green, value.Blue);
            }
        }
    }

    public void Fill(int x, int y, int width, int height, Rgb colour)
    {
        for (var row = y; row < y + height; row++)
        {
            for (var column = x; column < x + width; column++)
            {
                this[column, row] = colour;
            }
        }
    }

    /// <summary>The border of a rectangle, one pixel wide.</summary>
    public void Frame(int x, int y, int width, int height, Rgb colour)
    {
        Fill(x, y, width, 1, colour);
        Fill(x, y + height - 1, width, 1, colour);
        Fill(x, y, 1, height, colour);
        Fill(x + width - 1, y, 1, height, colour);
    }

    /// <summary>One line of text, its upper left corner at (x, y).</summary>
    public void Text(int x, int y, string text, Rgb colour, int scale = 2)
    {
        foreach (var character in text)
        {
            for (var row = 0; row < BitmapFont.Height; row++)
            {
                for (var column = 0; column < BitmapFont.Width; column++)
                {
                    if (BitmapFont.IsSet(character, row, column))
                    {
                        Fill(x + (column * scale), y + (row * scale), scale, scale, colour);
                    }
                }
            }

            x += (BitmapFont.Width + 1) * scale;
        }
    }

    /// <summary>Writes the picture as PNG.</summary>
    public void Save(Stream stream) => PngFile.Write(stream, Width, Height, _pixels);
}
