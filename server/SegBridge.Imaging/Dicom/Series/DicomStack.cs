using System.Globalization;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Dicom;

/// <summary>Slices of one orientation and size, each at a place of its own, in order along their normal.</summary>
public sealed class DicomStack
{
    // Files give positions in few digits: what is less than this apart is the same place.
    internal const double SamePlace = 1e-3;

    private readonly string _mark;

    internal DicomStack(IEnumerable<DicomFrame> frames, string mark)
    {
        Frames = [.. frames.OrderBy(frame => frame.Height)];
        _mark = mark;
    }

    public int SliceCount => Frames.Count;

    /// <summary>Whether two slices lie at the same place, so that this is no volume.</summary>
    internal bool HasDuplicates => DuplicatesIn(Frames);

    internal IReadOnlyList<DicomFrame> Frames { get; }

    /// <summary>"40 slices of 512×512, axial, echo time 30".</summary>
    public override string ToString()
    {
        var first = Frames[0];
        var text = string.Create(
            CultureInfo.InvariantCulture, $"{Frames.Count} slices of {first.Pixels.Columns}×{first.Pixels.Rows}, {PlaneOf(first.Normal)}");
        return _mark.Length == 0 ? text : $"{text}, {_mark}";
    }

    /// <summary>Whether two of these slices, in order, lie at the same place.</summary>
    internal static bool DuplicatesIn(IReadOnlyList<DicomFrame> ordered)
    {
        for (var n = 1; n < ordered.Count; n++)
        {
            if (ordered[n].Height - ordered[n - 1].Height < SamePlace)
            {
                return true;
            }
        }

        return false;
    }

    private static string PlaneOf(LpsVector normal)
    {
        var (l, p, s) = (Math.Abs(normal.L), Math.Abs(normal.P), Math.Abs(normal.S));
        var plane = s >= l && s >= p ? "axial" : l >= p ? "sagittal" : "coronal";
        return Math.Max(l, Math.Max(p, s)) < 0.99 ? "oblique " + plane : plane;
    }
}
