using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace SegBridge.Imaging.Dicom;

/// <summary>
/// The Basic Application Level Confidentiality Profile (PS3.15 annex E) for the objects that are written here: what
/// identifies a patient, a person, an order or a date is removed, emptied or replaced. Identifiers are replaced by a keyed
/// hash, so that all objects made with one key still belong together and nobody without the key can tell from what.
/// </summary>
public sealed class DicomDeidentifier
{
    /// <summary>Fewest bytes of a key.</summary>
    public const int MinKeyBytes = 16;

    private const string StandardRoot = "1.2.840.10008.";
    private const string NoDate = "19000101";

    private static readonly FrozenSet<DicomTag> Removed = new[]
    {
        DicomTag.InstanceCreationDate, DicomTag.InstanceCreationTime, DicomTag.SeriesDate, DicomTag.SeriesTime, DicomTag.StudyDescription,
        DicomTag.SeriesDescription, DicomTag.IssuerOfPatientID, DicomTag.PatientAge, DicomTag.PatientSize, DicomTag.PatientWeight,
        DicomTag.StructureSetName, DicomTag.ROIGenerationDescription,
    }.ToFrozenSet();

    private static readonly FrozenSet<DicomTag> Emptied = new[]
    {
        DicomTag.StudyDate, DicomTag.StudyTime, DicomTag.AccessionNumber, DicomTag.ReferringPhysicianName, DicomTag.OperatorsName,
        DicomTag.PatientBirthDate, DicomTag.PatientSex, DicomTag.StudyID, DicomTag.ContentDescription, DicomTag.ContentCreatorName,
        DicomTag.StructureSetDate, DicomTag.StructureSetTime, DicomTag.ROIInterpreter, DicomTag.PositionReferenceIndicator,
    }.ToFrozenSet();

    // They must have a value.
    private static readonly FrozenDictionary<DicomTag, string> Dummies = new Dictionary<DicomTag, string>
    {
        [DicomTag.ContentDate] = NoDate, [DicomTag.ContentTime] = "000000", [DicomTag.DeviceSerialNumber] = "0",
    }.ToFrozenDictionary();

    private readonly byte[] _key;

    /// <param name="key">Secret; at least <see cref="MinKeyBytes"/> bytes.</param>
    /// <exception cref="ArgumentException">It is shorter.</exception>
    public DicomDeidentifier(ReadOnlySpan<byte> key)
    {
        if (key.Length < MinKeyBytes)
        {
            throw new ArgumentException($"a key must have at least {MinKeyBytes} bytes, got {key.Length}", nameof(key));
        }

        _key = key.ToArray();
    }

    /// <summary>What takes the place of an identifier; those of the standard stay.</summary>
    public string Replace(string uid) =>
        uid.Length == 0 || uid.StartsWith(StandardRoot, StringComparison.Ordinal) ? uid : DicomUID.FromName(Hash("uid", uid));

    /// <summary>A copy without identity, which says that it is one.</summary>
    public DicomDataset Apply(DicomDataset dataset)
    {
        var result = Copy(dataset);
        // Filed under nothing, all patients would become one.
        var pseudonym = "ANON-" + Hash(
            "patient", dataset.GetStringOrNull(DicomTag.PatientID) is { } id ? $"{dataset.GetStringOrNull(DicomTag.IssuerOfPatientID)}/{id}" : dataset.GetString(DicomTag.StudyInstanceUID))[..16];
        result.Add(DicomTag.PatientName, pseudonym);
        result.Add(DicomTag.PatientID, pseudonym);
        result.Add(DicomTag.PatientIdentityRemoved, "YES");
        result.Add(DicomTag.DeidentificationMethod, "DICOM PS3.15 Basic Application Level Confidentiality Profile");
        result.Add(DicomTag.DeidentificationMethodCodeSequence, new DicomCode("113100", "DCM", "Basic Application Confidentiality Profile").ToItem());
        result.Add(DicomTag.LongitudinalTemporalInformationModified, "REMOVED");
        return result;
    }

    /// <summary>A segment under the name of what it is: the name that a person gave it may say anything.</summary>
    internal static DicomSegment Clean(DicomSegment segment, int number)
    {
        var name = segment.Type == DicomCode.Tissue ? $"Segment {number}" : $"{segment.Type.Meaning} {number}";
        return segment with { Label = name.Length > DicomSegment.MaxLabel ? $"Segment {number}" : name };
    }

    private DicomDataset Copy(DicomDataset dataset)
    {
        var copy = new DicomDataset { InternalTransferSyntax = dataset.InternalTransferSyntax };
        foreach (var item in dataset.Where(item => !Removed.Contains(item.Tag)))
        {
            if (item is DicomSequence sequence)
            {
                copy.Add(item.Tag, [.. sequence.Items.Select(Copy)]);
            }
            else if (Emptied.Contains(item.Tag) || Dummies.ContainsKey(item.Tag))
            {
                copy.Add(item.Tag, Dummies.GetValueOrDefault(item.Tag, ""));
            }
            else if (item.VR == DicomVR.UI)
            {
                copy.Add(item.Tag, [.. dataset.GetStrings(item.Tag).Select(Replace)]);
            }
            else
            {
                copy.Add(item);
            }
        }

        return copy;
    }

    private string Hash(string kind, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{kind}:{text}")));
}
