using Microsoft.AspNetCore.Http;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Formats;
using SegBridge.Server.Doors.Frame;

namespace SegBridge.Server.Doors.Monai;

/// <summary>The image that the files of a form are.</summary>
internal static class UploadedImage
{
    // Where a Part 10 file says that it is one.
    private const int Preamble = 132;

    /// <summary>
    /// One volume file as it is, or the DICOM files of one series as a NIfTI file: slices in the order of their positions, as
    /// viewers show them, and nothing of the patient's.
    /// </summary>
    /// <param name="files">What came.</param>
    /// <param name="part">What the form calls them.</param>
    /// <param name="maxBytes">Most bytes of voxels.</param>
    /// <exception cref="DoorException">They are neither: 400.</exception>
    /// <exception cref="VolumeFormatException">A DICOM file is malformed.</exception>
    public static UploadedFile Of(IReadOnlyList<UploadedFile> files, string part, long maxBytes)
    {
        var dicom = files.Count(file => DicomFile.HasValidHeader(file.Content.AsSpan(0, Math.Min(Preamble, file.Content.Length))));
        return (files.Count, dicom) switch
        {
            (1, 0) => files[0],
            (> 0, _) when dicom == files.Count => OfSeries(files, maxBytes),
            _ => throw Wrong($"{part}: one volume file (.nii.gz, .nii, .nrrd) is expected, or the DICOM files of one series; got {files.Count} files, of which {dicom} are DICOM"),
        };
    }

    private static UploadedFile OfSeries(IReadOnlyList<UploadedFile> files, long maxBytes)
    {
        var limits = DicomReadLimits.Default with { MaxPixelBytes = maxBytes };
        var series = DicomSeries.Group(files.Select(file => DicomFile.Open(new MemoryStream(file.Content, writable: false), limits).Dataset), limits);
        if (series.Count != 1)
        {
            throw Wrong($"the DICOM files must be of one series, got {series.Count}");
        }

        try
        {
            using var nifti = new MemoryStream();
            NiftiFile.Write(nifti, series[0].ToVolume().Volume);
            return new UploadedFile(".nii.gz", nifti.ToArray());
        }
        catch (DicomSeriesException undecided)
        {
            throw Wrong($"the DICOM series is not one volume: {undecided.Message}");
        }
    }

    private static DoorException Wrong(string message) => new(StatusCodes.Status400BadRequest, message);
}
