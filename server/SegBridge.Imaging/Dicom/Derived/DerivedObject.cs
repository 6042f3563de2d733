using System.Globalization;
using System.Reflection;

namespace SegBridge.Imaging.Dicom;

/// <summary>The modules that all objects made from a series share: patient, study, series, equipment, frame of reference.</summary>
internal static class DerivedObject
{
    public const string Manufacturer = "SegBridge";

    // Type 2 attributes are written even where the source lacks them; those after only where it has them.
    private static readonly DicomTag[] AlwaysCarried =
    [
        DicomTag.StudyDate, DicomTag.StudyTime, DicomTag.AccessionNumber, DicomTag.ReferringPhysicianName,
        DicomTag.PatientName, DicomTag.PatientID, DicomTag.PatientBirthDate, DicomTag.PatientSex, DicomTag.StudyID,
    ];

    private static readonly DicomTag[] CarriedIfThere =
    [
        DicomTag.StudyDescription, DicomTag.IssuerOfPatientID, DicomTag.PatientAge, DicomTag.PatientSize, DicomTag.PatientWeight,
        DicomTag.PatientIdentityRemoved, DicomTag.DeidentificationMethod, DicomTag.LongitudinalTemporalInformationModified,
        DicomTag.PositionReferenceIndicator,
    ];

    public static string SoftwareVersion { get; } =
        typeof(DerivedObject).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>A dataset with these modules, in UTF-8.</summary>
    public static DicomDataset Create(
        DicomSource source, string sopClass, string modality, DerivedObjectOptions options, DicomTransferSyntax? syntax = null)
    {
        var from = source.Header;
        var dataset = new DicomDataset { InternalTransferSyntax = syntax ?? DicomTransferSyntax.ExplicitVRLittleEndian };
        dataset.Add(DicomTag.SpecificCharacterSet, "ISO_IR 192");
        foreach (var tag in AlwaysCarried.Concat(CarriedIfThere.Where(tag => from.GetStrings(tag).Count > 0)))
        {
            var vr = DicomDictionary.VROf(tag);
            // A text that is too long is cut, but never what identifies a patient or an order.
            var isCut = tag == DicomTag.StudyID || tag == DicomTag.StudyDescription;
            dataset.AddUnchecked(tag, vr, [.. from.GetStrings(tag).Select(text => isCut && text.Length > vr.MaxCharacters ? text[..vr.MaxCharacters] : text)]);
        }

        foreach (var sequence in from.OfType<DicomSequence>().Where(item => item.Tag == DicomTag.DeidentificationMethodCodeSequence))
        {
            dataset.Add(DicomTag.DeidentificationMethodCodeSequence, [.. sequence.Items.Select(DicomCode.Of).OfType<DicomCode>().Select(code => code.ToItem())]);
        }

        AddInstance(dataset, sopClass, modality, options);
        dataset.Add(DicomTag.StudyInstanceUID, from.GetString(DicomTag.StudyInstanceUID));
        dataset.Add(DicomTag.FrameOfReferenceUID, from.GetString(DicomTag.FrameOfReferenceUID));
        if (!dataset.Contains(DicomTag.PositionReferenceIndicator))
        {
            dataset.Add(DicomTag.PositionReferenceIndicator, "");
        }

        return dataset;
    }

    /// <summary>The file of a complete dataset, without identity where that was asked for.</summary>
    public static DicomFile Finish(DicomDataset dataset, DerivedObjectOptions options) => new(options.Deidentifier?.Apply(dataset) ?? dataset);

    /// <summary>A reference to an instance or to one of its frames.</summary>
    public static DicomDataset ReferenceTo(DicomFrameReference source)
    {
        DicomDataset item = [];
        item.Add(DicomTag.ReferencedSOPClassUID, source.SOPClassUID);
        item.Add(DicomTag.ReferencedSOPInstanceUID, source.SOPInstanceUID);
        if (source.Frame is { } frame)
        {
            item.Add(DicomTag.ReferencedFrameNumber, frame);
        }

        return item;
    }

    /// <summary>References to all source instances, each once.</summary>
    public static DicomDataset[] ReferencesToInstances(DicomSource source) =>
        [.. source.Instances.DistinctBy(instance => instance.SOPInstanceUID).Select(instance => ReferenceTo(instance with { Frame = null }))];

    private static void AddInstance(DicomDataset dataset, string sopClass, string modality, DerivedObjectOptions options)
    {
        foreach (var uid in new[] { options.SOPInstanceUID, options.SeriesInstanceUID }.OfType<string>().Where(uid => !DicomUID.IsValid(uid)))
        {
            throw new ArgumentException($"a UID must be 1 to 64 characters of numbers parted by dots, got \"{uid}\"", nameof(options));
        }

        var date = options.Time.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var time = options.Time.ToString("HHmmss", CultureInfo.InvariantCulture);
        dataset.Add(DicomTag.SOPClassUID, sopClass);
        dataset.Add(DicomTag.SOPInstanceUID, options.SOPInstanceUID ?? DicomUID.Generate());
        dataset.Add(DicomTag.InstanceCreationDate, date);
        dataset.Add(DicomTag.InstanceCreationTime, time);
        dataset.Add(DicomTag.Modality, modality);
        dataset.Add(DicomTag.SeriesInstanceUID, options.SeriesInstanceUID ?? DicomUID.Generate());
        dataset.Add(DicomTag.SeriesNumber, options.SeriesNumber);
        dataset.Add(DicomTag.SeriesDescription, options.SeriesDescription);
        dataset.Add(DicomTag.SeriesDate, date);
        dataset.Add(DicomTag.SeriesTime, time);
        dataset.Add(DicomTag.InstanceNumber, 1);
        dataset.Add(DicomTag.Manufacturer, Manufacturer);
        dataset.Add(DicomTag.ManufacturerModelName, Manufacturer);
        dataset.Add(DicomTag.DeviceSerialNumber, options.DeviceSerialNumber);
        dataset.Add(DicomTag.SoftwareVersions, SoftwareVersion);
    }
}
