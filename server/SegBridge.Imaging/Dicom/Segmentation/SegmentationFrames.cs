using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Imaging.Dicom;

/// <summary>The frames of a segmentation in the making: those that are not empty, with their functional groups.</summary>
internal sealed class SegmentationFrames(DicomSource source)
{
    private readonly List<(int Segment, int K, byte[] Content)> _frames = [];
    private readonly VolumeGeometry _geometry = source.Grid;

    public int Count => _frames.Count;

    /// <summary>Bytes of all frames.</summary>
    public long Bytes => _frames.Sum(frame => (long)frame.Content.Length);

    private int Pixels => _geometry.Size.I * _geometry.Size.J;

    /// <summary>Adds a whole slice of a mask unless it is empty.</summary>
    public void Add(int segment, BitBlock slice)
    {
        if (slice.Bits.IndexOfAnyExcept((byte)0) < 0)
        {
            return;
        }

        // Rows of a block start at whole bytes; those of a frame follow each other bit by bit.
        var packed = new byte[(Pixels + 7) / 8];
        for (int j = 0, bit = 0; j < _geometry.Size.J; j++, bit += _geometry.Size.I)
        {
            BitSpan.Copy(slice.Row(j, slice.Box.Lower.K), 0, packed, bit, _geometry.Size.I);
        }

        _frames.Add((segment, slice.Box.Lower.K, packed));
    }

    /// <summary>Adds the probabilities of a part of a slice unless all are 0.</summary>
    public void Add(int segment, VoxelBox box, int k, ReadOnlySpan<byte> values)
    {
        if (values.IndexOfAnyExcept((byte)0) < 0)
        {
            return;
        }

        var content = new byte[Pixels];
        for (var j = 0; j < box.Size.J; j++)
        {
            values.Slice(j * box.Size.I, box.Size.I).CopyTo(content.AsSpan(((box.Lower.J + j) * _geometry.Size.I) + box.Lower.I));
        }

        _frames.Add((segment, k, content));
    }

    /// <summary>All frames bit after bit, without padding between them.</summary>
    public byte[] PackBits()
    {
        var packed = new byte[(int)((((long)Pixels * Count) + 7) / 8)];
        for (var n = 0; n < Count; n++)
        {
            var first = (long)Pixels * n;
            BitSpan.Copy(_frames[n].Content, 0, packed.AsSpan((int)(first / 8)), (int)(first % 8), Pixels);
        }

        return packed;
    }

    public byte[] JoinBytes()
    {
        var joined = new byte[Pixels * Count];
        for (var n = 0; n < Count; n++)
        {
            _frames[n].Content.CopyTo(joined, n * Pixels);
        }

        return joined;
    }

    /// <summary>Adds the dimensions and the functional groups.</summary>
    public void AddTo(DicomDataset dataset)
    {
        var organisation = DicomUID.Generate();
        DicomDataset organisationItem = [];
        organisationItem.Add(DicomTag.DimensionOrganizationUID, organisation);
        dataset.Add(DicomTag.DimensionOrganizationSequence, organisationItem);
        dataset.Add(
            DicomTag.DimensionIndexSequence,
            Dimension(organisation, DicomTag.ReferencedSegmentNumber, DicomTag.SegmentIdentificationSequence, "Segment"),
            Dimension(organisation, DicomTag.ImagePositionPatient, DicomTag.PlanePositionSequence, "Position"));

        var (spacing, direction) = (_geometry.Spacing, _geometry.Direction);
        DicomDataset measures = [], orientation = [], shared = [];
        // Along the normal, which is not the way from slice to slice where the grid is sheared.
        var distance = spacing.K * Math.Abs(direction.Determinant);
        measures.Add(DicomTag.SliceThickness, distance);
        measures.Add(DicomTag.SpacingBetweenSlices, distance);
        measures.Add(DicomTag.PixelSpacing, spacing.J, spacing.I);
        orientation.Add(
            DicomTag.ImageOrientationPatient,
            direction.IAxis.L, direction.IAxis.P, direction.IAxis.S, direction.JAxis.L, direction.JAxis.P, direction.JAxis.S);
        shared.Add(DicomTag.PixelMeasuresSequence, measures);
        shared.Add(DicomTag.PlaneOrientationSequence, orientation);
        dataset.Add(DicomTag.SharedFunctionalGroupsSequence, shared);

        var positions = _frames.Select(frame => frame.K).Distinct().Order().Select((k, n) => (k, n)).ToDictionary(pair => pair.k, pair => pair.n + 1);
        dataset.Add(DicomTag.PerFrameFunctionalGroupsSequence, [.. _frames.Select(frame => FrameItem(frame.Segment, frame.K, positions[frame.K]))]);
    }

    private DicomDataset FrameItem(int segment, int k, int position)
    {
        DicomDataset frame = [], content = [], plane = [], identification = [];
        content.Add(DicomTag.DimensionIndexValues, segment, position);
        frame.Add(DicomTag.FrameContentSequence, content);
        var at = source.Slices.Count > 0 ? source.Slices[k].Position : _geometry.ToLps(new Ijk(0, 0, k));
        plane.Add(DicomTag.ImagePositionPatient, at.L, at.P, at.S);
        frame.Add(DicomTag.PlanePositionSequence, plane);
        identification.Add(DicomTag.ReferencedSegmentNumber, segment);
        frame.Add(DicomTag.SegmentIdentificationSequence, identification);
        frame.Add(
            DicomTag.DerivationImageSequence,
            source.Slices.Count > 0 ? Derivation([source.Slices[k]], isSamePlace: true) : Derivation(Neighbours(at), isSamePlace: false));
        return frame;
    }

    /// <summary>The images that a slice was interpolated from: the one at its place, or the next one on each side.</summary>
    private IEnumerable<DicomFrameReference> Neighbours(LpsPoint slice)
    {
        var normal = _geometry.Direction.IAxis.Cross(_geometry.Direction.JAxis);
        var images = source.Instances.Select(image => (Image: image, Height: (image.Position - slice).Dot(normal))).OrderBy(image => Math.Abs(image.Height)).ToArray();
        var here = images.TakeWhile(image => Math.Abs(image.Height) < DicomStack.SamePlace).Take(1).ToArray();
        return (here.Length > 0 ? here : [.. images.Where(image => image.Height < 0).Take(1), .. images.Where(image => image.Height > 0).Take(1)])
            .Select(image => image.Image);
    }

    private static DicomDataset Derivation(IEnumerable<DicomFrameReference> images, bool isSamePlace)
    {
        DicomDataset derivation = [];
        derivation.Add(DicomTag.SourceImageSequence, [.. images.Select(image =>
        {
            var item = DerivedObject.ReferenceTo(image);
            item.Add(DicomTag.PurposeOfReferenceCodeSequence, new DicomCode("121322", "DCM", "Source image for image processing operation").ToItem());
            item.Add(DicomTag.SpatialLocationsPreserved, isSamePlace ? "YES" : "NO");
            return item;
        })]);
        derivation.Add(DicomTag.DerivationCodeSequence, new DicomCode("113076", "DCM", "Segmentation").ToItem());
        return derivation;
    }

    private static DicomDataset Dimension(string organisation, DicomTag pointer, DicomTag group, string label)
    {
        DicomDataset item = [];
        item.Add(DicomTag.DimensionOrganizationUID, organisation);
        item.Add(TagValue(DicomTag.DimensionIndexPointer, pointer));
        item.Add(TagValue(DicomTag.FunctionalGroupPointer, group));
        item.Add(DicomTag.DimensionDescriptionLabel, label);
        return item;
    }

    private static DicomElement TagValue(DicomTag tag, DicomTag value) => new(tag, DicomVR.AT, new MemoryByteBuffer(
        new[] { (byte)value.Group, (byte)(value.Group >> 8), (byte)value.Element, (byte)(value.Element >> 8) }));
}
