using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Morphology;

namespace SegBridge.Imaging.Dicom;

/// <summary>
/// Closed polygons around the set voxels of a slice, along the edges of the voxels, so that filling them gives the
/// same voxels again. Voxels that touch at a corner only get a polygon each. A hole is joined to the polygon around it
/// by a channel of no width (the keyhole of PS3.3 section C.8.8.6.3).
/// </summary>
public sealed class ContourTracer
{
    // Directions along the edges, with the set voxel to the right.
    private const int Right = 0, Down = 1, Left = 2, Up = 3;

    private readonly int _rows;
    private readonly int _columns;
    private readonly byte[] _pixels;
    // For each corner, the directions in which an edge leaves it that has not been walked yet.
    private readonly byte[] _edges;
    // For each pixel whose left edge has been walked, the vertex at the edge's upper end.
    private readonly Dictionary<int, int> _leftEdges = [];
    private readonly List<(int Row, int Column, int Next)> _vertices = [];

    private ContourTracer(BitBlock slice)
    {
        (_rows, _columns) = (slice.Box.Size.J, slice.Box.Size.I);
        _pixels = new byte[_rows * _columns];
        slice.Unpack(_pixels);
        _edges = new byte[(_rows + 1) * (_columns + 1)];
    }

    /// <summary>The polygons of a slice along k, each without its first point repeated, in row j and column i of the volume.</summary>
    public static List<PixelPoint[]> Trace(BitBlock slice)
    {
        var tracer = new ContourTracer(slice);
        return [.. tracer.Polygons().Select(polygon => polygon.Select(corner => new PixelPoint(
            corner.Row + slice.Box.Lower.J - 0.5, corner.Column + slice.Box.Lower.I - 0.5)).ToArray())];
    }

    private List<List<(int Row, int Column)>> Polygons()
    {
        MarkEdges();
        var (outlines, holes) = (new List<int>(), new List<(int Row, int Column, int Vertex)>());
        for (var corner = 0; corner < _edges.Length; corner++)
        {
            while (_edges[corner] != 0)
            {
                // Scanned row by row, an outline is first met at a left upper corner, where an edge leaves to the right.
                var isOutline = (_edges[corner] & (1 << Right)) != 0;
                var first = Walk(corner, isOutline ? Right : Down);
                if (isOutline)
                {
                    outlines.Add(first);
                }
                else
                {
                    holes.Add(LeftmostOf(first));
                }
            }
        }

        // From left to right, so that what a channel to the left meets is joined already.
        foreach (var (row, column, vertex) in holes.OrderBy(hole => hole.Column))
        {
            Join(row, column, vertex);
        }

        return [.. outlines.Select(Simplified)];
    }

    private void MarkEdges()
    {
        var stride = _columns + 1;
        for (var r = 0; r < _rows; r++)
        {
            for (var c = 0; c < _columns; c++)
            {
                if (!IsSet(r, c))
                {
                    continue;
                }

                if (!IsSet(r - 1, c))
                {
                    _edges[(r * stride) + c] |= 1 << Right;
                }

                if (!IsSet(r, c + 1))
                {
                    _edges[(r * stride) + c + 1] |= 1 << Down;
                }

                if (!IsSet(r + 1, c))
                {
                    _edges[((r + 1) * stride) + c + 1] |= 1 << Left;
                }

                if (!IsSet(r, c - 1))
                {
                    _edges[((r + 1) * stride) + c] |= 1 << Up;
                }
            }
        }
    }

    private bool IsSet(int r, int c) => (uint)r < (uint)_rows && (uint)c < (uint)_columns && _pixels[(r * _columns) + c] != 0;

    /// <summary>Walks a loop to its end; answers its first vertex.</summary>
    private int Walk(int corner, int direction)
    {
        var stride = _columns + 1;
        var first = _vertices.Count;
        var lastLeftEdge = -1;
        while ((_edges[corner] & (1 << direction)) != 0)
        {
            _edges[corner] &= (byte)~(1 << direction);
            var (r, c) = Math.DivRem(corner, stride);
            _vertices.Add((r, c, _vertices.Count + 1));
            lastLeftEdge = direction == Up ? ((r - 1) * _columns) + c : -1;
            if (lastLeftEdge >= 0)
            {
                _leftEdges[lastLeftEdge] = _vertices.Count;
            }

            corner += direction switch { Right => 1, Down => stride, Left => -1, _ => -stride };
            direction = Turn(corner, direction);
        }

        // The end of the last edge is the first vertex.
        _vertices[^1] = _vertices[^1] with { Next = first };
        if (lastLeftEdge >= 0)
        {
            _leftEdges[lastLeftEdge] = first;
        }

        return first;
    }

    /// <summary>Where an edge goes on; a turn to the right, which stays with the same voxel, comes first.</summary>
    private int Turn(int corner, int direction)
    {
        foreach (var turned in (ReadOnlySpan<int>)[(direction + 1) % 4, direction, (direction + 3) % 4])
        {
            if ((_edges[corner] & (1 << turned)) != 0)
            {
                return turned;
            }
        }

        return direction;
    }

    /// <summary>The upper end of the uppermost edge on the left side of a hole.</summary>
    private (int Row, int Column, int Vertex) LeftmostOf(int first)
    {
        var best = first;
        for (var v = _vertices[first].Next; v != first; v = _vertices[v].Next)
        {
            if ((_vertices[v].Column, _vertices[v].Row).CompareTo((_vertices[best].Column, _vertices[best].Row)) < 0)
            {
                best = v;
            }
        }

        return (_vertices[best].Row, _vertices[best].Column, best);
    }

    /// <summary>Joins a hole to the loop that its row meets first to the left.</summary>
    private void Join(int row, int column, int hole)
    {
        var c = column - 1;
        while (IsSet(row, c - 1))
        {
            c--;
        }

        var outer = _leftEdges[(row * _columns) + c];
        var (after, intoHole) = (_vertices[outer].Next, _vertices[hole].Next);
        _vertices.Add((row, column, intoHole));
        _vertices.Add((row, c, after));
        _vertices[outer] = _vertices[outer] with { Next = _vertices.Count - 2 };
        _vertices[hole] = _vertices[hole] with { Next = _vertices.Count - 1 };
    }

    /// <summary>The corners of a loop without those on a straight line.</summary>
    private List<(int Row, int Column)> Simplified(int first)
    {
        var corners = new List<(int Row, int Column)>();
        var (before, v) = (first, _vertices[first].Next);
        do
        {
            var (a, b, c) = (_vertices[before], _vertices[v], _vertices[_vertices[v].Next]);
            if ((Math.Sign(b.Row - a.Row), Math.Sign(b.Column - a.Column)) != (Math.Sign(c.Row - b.Row), Math.Sign(c.Column - b.Column)))
            {
                corners.Add((b.Row, b.Column));
            }

            (before, v) = (v, b.Next);
        }
        while (before != first);
        return corners;
    }
}
