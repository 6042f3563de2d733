using System.Diagnostics;
using System.Globalization;
using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom;

/// <summary>
/// Pixels of all other syntaxes by <c>gdcmconv --raw</c>, in a child process of limited time and memory. It gets the
/// pixels and their description only, by way of files that are kept in memory, and never on a disk.
/// </summary>
internal static class ExternalDecoder
{
    private const string Program = "gdcmconv";
    private const string MemoryFolder = "/dev/shm";

    private static readonly string? Found = FindProgram();

    /// <summary>All frames, decoded.</summary>
    public static ReadOnlyMemory<byte> Decode(
        DicomFragmentSequence fragments, DicomTransferSyntax syntax, DicomPixelData pixels, DicomReadLimits limits)
    {
        if (!limits.UseExternalDecoder)
        {
            throw new VolumeFormatException($"pixels in {syntax} need an external decoder, which is switched off here; convert the file to explicit little endian");
        }

        if (!OperatingSystem.IsLinux() || Found is null || !Directory.Exists(MemoryFolder))
        {
            throw new VolumeFormatException(
                $"pixels in {syntax} cannot be decoded here: install {Program} (Debian: libgdcm-tools), or convert the file to explicit little endian");
        }

        var expected = (long)pixels.NumberOfFrames * pixels.FrameBytes;
        if (expected > Math.Min(limits.MaxPixelBytes, Array.MaxLength))
        {
            throw new VolumeFormatException($"{pixels.NumberOfFrames} frames take {expected} bytes; at most {limits.MaxPixelBytes} are allowed here");
        }

        // The name of a folder of one's own cannot be guessed, and others cannot enter it.
        var folder = Directory.CreateDirectory(Path.Combine(MemoryFolder, $"segbridge-{Environment.ProcessId}-{Guid.NewGuid():N}"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            var (input, output) = (Path.Combine(folder.FullName, "in.dcm"), Path.Combine(folder.FullName, "out.dcm"));
            new DicomFile(Description(fragments, syntax, pixels)).Save(input);
            Run(input, output, expected, syntax, limits);
            return PixelsOf(output, expected, syntax, limits);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static DicomDataset Description(DicomFragmentSequence fragments, DicomTransferSyntax syntax, DicomPixelData pixels)
    {
        var dataset = new DicomDataset { InternalTransferSyntax = syntax };
        dataset.Add(DicomTag.SOPClassUID, DicomUID.SecondaryCaptureImageStorage);
        dataset.Add(DicomTag.SOPInstanceUID, DicomUID.Generate());
        dataset.Add(DicomTag.SamplesPerPixel, pixels.SamplesPerPixel);
        dataset.Add(DicomTag.PhotometricInterpretation, pixels.PhotometricInterpretation);
        dataset.Add(DicomTag.NumberOfFrames, pixels.NumberOfFrames);
        dataset.Add(DicomTag.Rows, pixels.Rows);
        dataset.Add(DicomTag.Columns, pixels.Columns);
        dataset.Add(DicomTag.BitsAllocated, pixels.BitsAllocated);
        dataset.Add(DicomTag.BitsStored, pixels.BitsStored);
        dataset.Add(DicomTag.HighBit, pixels.BitsStored - 1);
        dataset.Add(DicomTag.PixelRepresentation, pixels.IsSigned ? 1 : 0);
        if (pixels.SamplesPerPixel > 1)
        {
            dataset.Add(DicomTag.PlanarConfiguration, pixels.PlanarConfiguration);
        }

        dataset.Add(new DicomFragmentSequence(DicomTag.PixelData, DicomVR.OB, fragments.OffsetTable, fragments.Fragments));
        return dataset;
    }

    private static void Run(string input, string output, long expected, DicomTransferSyntax syntax, DicomReadLimits limits)
    {
        // The shell sets limits that hold for the child alone: KiB of memory, seconds, blocks of 512 bytes in a file.
        var seconds = Math.Max(1, (long)Math.Ceiling(limits.ExternalDecoderTime.TotalSeconds));
        var script = string.Create(
            CultureInfo.InvariantCulture,
            $"ulimit -v {limits.ExternalDecoderBytes / 1024}; ulimit -t {seconds}; ulimit -f {(2 * expected / 512) + 128}; ulimit -c 0; exec \"$0\" --raw \"$1\" \"$2\"");
        using var child = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script, Found!, input, output])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        })!;
        child.StandardInput.Close();
        // Both must be drained, or a child with much to say would wait for ever.
        child.OutputDataReceived += (_, _) => { };
        child.ErrorDataReceived += (_, _) => { };
        child.BeginOutputReadLine();
        child.BeginErrorReadLine();
        if (!child.WaitForExit(limits.ExternalDecoderTime))
        {
            child.Kill();
            throw new VolumeFormatException($"{Program} did not decode the {syntax} pixels within {seconds} s");
        }

        if (child.ExitCode != 0 || !File.Exists(output))
        {
            throw new VolumeFormatException($"{Program} cannot decode the {syntax} pixels: they are corrupt, or it does not know the syntax");
        }
    }

    private static ReadOnlyMemory<byte> PixelsOf(string output, long expected, DicomTransferSyntax syntax, DicomReadLimits limits)
    {
        var decoded = DicomFile.Open(output, limits).Dataset;
        return decoded.GetItemOrNull(DicomTag.PixelData) is DicomElement { Value: var value } && value.Size >= expected && value.Size <= expected + 1
            ? value.Data[..(int)expected]
            : throw new VolumeFormatException($"{Program} decoded the {syntax} pixels to another size than the dataset declares");
    }

    private static string? FindProgram() => !OperatingSystem.IsLinux() ? null
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, Program))
            .FirstOrDefault(File.Exists);
}
