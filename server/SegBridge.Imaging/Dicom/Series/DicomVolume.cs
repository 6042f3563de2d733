using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Dicom;

/// <summary>A volume made of a series, with what is needed to write objects that belong to it.</summary>
/// <param name="Volume">
/// Stored numbers and their rescale where all slices have the same; real values as 32-bit floating point where not.
/// </param>
/// <param name="Source">Patient, study and images that objects made of it refer to; its grid is the volume's.</param>
/// <param name="Modality">What made the images.</param>
/// <param name="PaddingValue">The value, rescaled, of pixels outside the image, or null.</param>
/// <param name="SuvFactor">Body-weight SUV in g/ml for a value of 1 (PET in Bq/ml), or null where it cannot be known.</param>
/// <param name="IsInverted">MONOCHROME1: low values are meant to be shown bright.</param>
/// <param name="Notes">What was decided on the way, for people; without patient data.</param>
public sealed record DicomVolume(
    Volume Volume,
    DicomSource Source,
    Modality Modality,
    double? PaddingValue,
    double? SuvFactor,
    bool IsInverted,
    IReadOnlyList<string> Notes);
