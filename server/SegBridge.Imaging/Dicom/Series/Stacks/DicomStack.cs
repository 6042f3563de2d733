using System.Globalization;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Imaging.Dicom;

/// <summary>Slices of one orientation and size, each at a place of its own, in order along their normal.</summary>
public sealed class DicomStack
{
    // Files give positions in few digits: what is less than this apart is the same place.
    internal const double SamePlace = 1e-3;

    private readonly string _mark;
    private readonly Lazy<SliceSpacing> _spacing;

    internal DicomStack(IEnumerable<DicomFrame> frames, string mark)
    {
        Frames = [.. frames.OrderBy(frame => frame.Height)];
        _mark = mark;
        _spacing = new(() => SliceSpacing.Of(Frames));
    }

    /// <summary>Voxels of the stack as it is: columns, rows, slices.</summary>
    public VolumeSize Size => new(Frames[0].Pixels.Columns, Frames[0].Pixels.Rows, Frames.Count);

    /// <summary>In mm; along k the usual distance where slices are not even.</summary>
    public Spacing Spacing => new(Frames[0].AlongRow.Length, Frames[0].AlongColumn.Length, Slices.Step.Length);

    /// <summary>Why the slices as they are make no volume: missing, uneven, shifted or duplicate; null where they do.</summary>
    public DicomSeriesProblem? Problem => HasDuplicates ? DicomSeriesProblem.DuplicateSlices : Slices.Problem;

    /// <summary>The problem in words; empty where there is none.</summary>
    public string Explanation => HasDuplicates ? "several slices lie at the same place" : Slices.Explanation;

    /// <summary>Whether the slices are not at right angles to the line they lie on.</summary>
    public bool IsTilted => Slices.IsTilted;

    /// <summary>How the files are encoded.</summary>
    public DicomTransferSyntax TransferSyntax => Frames[0].Dataset.InternalTransferSyntax;

    internal bool HasDuplicates => DuplicatesIn(Frames);

    internal SliceSpacing Slices => _spacing.Value;

    internal IReadOnlyList<DicomFrame> Frames { get; }

    /// <summary>"40 slices of 512×512, axial, echo time 30".</summary>
    public override string ToString()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Size.K} slices of {Size.I}×{Size.J}, {PlaneOf(Frames[0].Normal)}");
        return _mark.Length == 0 ? text : $"{text}, {_mark}";
    }

    /// <summary>Whether two of these slices, in order, lie at the same place.</summary>
    internal static bool DuplicatesIn(IReadOnlyList<FramePlace> ordered)
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
