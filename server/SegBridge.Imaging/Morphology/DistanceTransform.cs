namespace SegBridge.Imaging.Morphology;

/// <summary>
/// Exact Euclidean distance, in pixels, from each foreground pixel to the nearest background pixel. The border of
/// the map is not background. Linear in the number of pixels (the lower envelope of parabolas, row by row).
/// </summary>
public static class DistanceTransform
{
    /// <summary>Writes the distance of each pixel; 0 on background.</summary>
    /// <param name="map">Row-major, 0 is background.</param>
    /// <param name="rows">Rows of the map.</param>
    /// <param name="columns">Columns of the map.</param>
    /// <param name="distances">As long as the map; +infinity everywhere when the map has no background.</param>
    /// <exception cref="MorphologyException">A length is not rows · columns.</exception>
    public static void Of(ReadOnlySpan<byte> map, int rows, int columns, Span<float> distances)
    {
        PixelMap.Require(map.Length, rows, columns);
        PixelMap.Require(distances.Length, rows, columns, "distances");
        // Larger than any distance within the map, so that such a column loses to every real one.
        var unreachable = rows + columns;
        var vertical = DownColumns(map, rows, columns, unreachable);
        var envelope = new Envelope(columns);
        for (var row = 0; row < rows; row++)
        {
            envelope.Build(vertical.AsSpan(row * columns, columns));
            envelope.Write(distances.Slice(row * columns, columns), (long)unreachable * unreachable);
        }
    }

    /// <summary>
    /// The foreground pixel that lies deepest, where a user would click an object's middle; the first of equals.
    /// Null when there is no foreground. Without any background it is the middle of the map.
    /// </summary>
    /// <exception cref="MorphologyException">The length is not rows · columns.</exception>
    public static (int Row, int Column)? Deepest(ReadOnlySpan<byte> map, int rows, int columns)
    {
        var distances = new float[map.Length];
        Of(map, rows, columns, distances);
        var best = 0;
        for (var at = 1; at < distances.Length; at++)
        {
            best = distances[at] > distances[best] ? at : best;
        }

        if (float.IsPositiveInfinity(distances[best]))
        {
            return (rows / 2, columns / 2);
        }

        return distances[best] > 0 ? Math.DivRem(best, columns) : null;
    }

    private static int[] DownColumns(ReadOnlySpan<byte> map, int rows, int columns, int unreachable)
    {
        var distance = new int[map.Length];
        for (var at = 0; at < map.Length; at++)
        {
            var above = at < columns ? unreachable : distance[at - columns];
            distance[at] = map[at] == 0 ? 0 : Math.Min(above + 1, unreachable);
        }

        for (var at = map.Length - columns - 1; at >= 0; at--)
        {
            distance[at] = Math.Min(distance[at], distance[at + columns] + 1);
        }

        return distance;
    }

    /// <summary>The lower envelope of the parabolas (x − column)² + height(column)² of one row.</summary>
    private sealed class Envelope(int columns)
    {
        private readonly int[] _vertex = new int[columns];
        private readonly long[] _from = new long[columns];
        private readonly long[] _height = new long[columns];
        private int _last;

        public void Build(ReadOnlySpan<int> heights)
        {
            for (var x = 0; x < heights.Length; x++)
            {
                _height[x] = (long)heights[x] * heights[x];
            }

            _last = 0;
            (_vertex[0], _from[0]) = (0, 0);
            for (var x = 1; x < heights.Length; x++)
            {
                while (_last >= 0 && At(_from[_last], _vertex[_last]) > At(_from[_last], x))
                {
                    _last--;
                }

                if (_last < 0)
                {
                    _last = 0;
                    (_vertex[0], _from[0]) = (x, 0);
                    continue;
                }

                var start = 1 + Crossing(_vertex[_last], x);
                if (start < heights.Length)
                {
                    _last++;
                    (_vertex[_last], _from[_last]) = (x, start);
                }
            }
        }

        public void Write(Span<float> distances, long unreachable)
        {
            var part = _last;
            for (var x = distances.Length - 1; x >= 0; x--)
            {
                var squared = At(x, _vertex[part]);
                distances[x] = squared >= unreachable ? float.PositiveInfinity : (float)Math.Sqrt(squared);
                if (x == _from[part])
                {
                    part--;
                }
            }
        }

        private long At(long x, int vertex) => ((x - vertex) * (x - vertex)) + _height[vertex];

        // The last column at which the left parabola is not above the right one.
        private long Crossing(int left, int right)
        {
            var numerator = ((long)right * right) - ((long)left * left) + _height[right] - _height[left];
            return (long)Math.Floor(numerator / (2.0 * (right - left)));
        }
    }
}
