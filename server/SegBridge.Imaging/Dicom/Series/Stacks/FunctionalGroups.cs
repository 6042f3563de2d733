namespace SegBridge.Imaging.Dicom;

/// <summary>
/// Where attributes of a frame are: in its functional group, in the shared one, or, for a classic image, in the
/// dataset itself (PS3.3 section C.7.6.16).
/// </summary>
internal sealed class FunctionalGroups(DicomDataset dataset)
{
    private readonly DicomDataset? _shared = dataset.GetItemOfSequence(DicomTag.SharedFunctionalGroupsSequence);
    private readonly IReadOnlyList<DicomDataset> _perFrame = dataset.GetSequence(DicomTag.PerFrameFunctionalGroupsSequence);

    /// <summary>How many frames have a group of their own.</summary>
    public int FrameCount => _perFrame.Count;

    /// <summary>The dataset that holds an attribute of a frame, or null.</summary>
    /// <param name="frame">From 0.</param>
    /// <param name="macro">The sequence of the functional group that the attribute belongs to.</param>
    public DicomDataset? Find(int frame, DicomTag macro, DicomTag attribute)
    {
        var own = frame < _perFrame.Count ? _perFrame[frame].GetItemOfSequence(macro) : null;
        if (own is not null && own.Contains(attribute))
        {
            return own;
        }

        var shared = _shared?.GetItemOfSequence(macro);
        return shared is not null && shared.Contains(attribute) ? shared
            : dataset.Contains(attribute) ? dataset
            : null;
    }
}
