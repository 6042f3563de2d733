namespace SegBridge.Cli.Simulation;

/// <summary>A set of pixels of one slice: row-major, one byte a pixel, 0 or 1.</summary>
internal sealed class SliceMap
{
    /// <exception cref="ArgumentException">The number of pixels is not rows · columns.</exception>
    public SliceMap(int rows, int columns, byte[] pixels)
    {
        if (rows < 1 || columns < 1 || pixels.Length != (long)rows * columns)
        {
            throw new ArgumentException($"a map of {rows} rows and {columns} columns cannot have {pixels.Length} pixels", nameof(pixels));
        }

        (Rows, Columns, Pixels) = (rows, columns, pixels);
    }

    public SliceMap(int rows, int columns)
        : this(rows, columns, new byte[rows * columns])
    {
    }

    public int Rows { get; }

    public int Columns { get; }

    public byte[] Pixels { get; }

    /// <summary>Number of set pixels.</summary>
    public int Count => Pixels.Length - Pixels.AsSpan().Count((byte)0);

    public bool IsEmpty => !Pixels.AsSpan().ContainsAnyExcept((byte)0);

    /// <summary>First and last row and column with a set pixel; null when none is set.</summary>
    public (int Top, int Left, int Bottom, int Right)? Bounds
    {
        get
        {
            var (top, left, bottom, right) = (int.MaxValue, int.MaxValue, -1, -1);
            for (var row = 0; row < Rows; row++)
            {
                var pixels = Pixels.AsSpan(row * Columns, Columns);
                if (pixels.IndexOfAnyExcept((byte)0) is var first && first >= 0)
                {
                    (top, bottom) = (Math.Min(top, row), row);
                    (left, right) = (Math.Min(left, first), Math.Max(right, pixels.LastIndexOfAnyExcept((byte)0)));
                }
            }

            return bottom < 0 ? null : (top, left, bottom, right);
        }
    }

    public bool this[int row, int column]
    {
        get => Pixels[(row * Columns) + column] != 0;
        set => Pixels[(row * Columns) + column] = value ? (byte)1 : (byte)0;
    }

    /// <summary>The pixels that are not set.</summary>
    public SliceMap Complement() => new(Rows, Columns, Array.ConvertAll(Pixels, p => p == 0 ? (byte)1 : (byte)0));

    /// <summary>The pixels set here and in the other.</summary>
    public SliceMap And(SliceMap other) => Combine(other, (a, b) => a & b);

    /// <summary>The pixels set here and not in the other.</summary>
    public SliceMap Except(SliceMap other) => Combine(other, (a, b) => a & ~b);

    /// <summary>The pixels set in either.</summary>
    public SliceMap Or(SliceMap other) => Combine(other, (a, b) => a | b);

    private SliceMap Combine(SliceMap other, Func<int, int, int> rule)
    {
        if (other.Rows != Rows || other.Columns != Columns)
        {
            throw new ArgumentException($"maps must have one size, got {Rows}×{Columns} and {other.Rows}×{other.Columns}", nameof(other));
        }

        var result = new SliceMap(Rows, Columns);
        for (var at = 0; at < Pixels.Length; at++)
        {
            result.Pixels[at] = (byte)(rule(Pixels[at], other.Pixels[at]) & 1);
        }

        return result;
    }
}
