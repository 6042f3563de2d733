using System.Security.Cryptography;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Tests.Formats;
using Xunit.Abstractions;

namespace SegBridge.Imaging.Tests.Dicom;

/// <summary>Each file is read, element by element and pixel by pixel, or refused as pydicom does.</summary>
[Collection("external decoder")]
public sealed class DicomSampleTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [DicomFact]
    public void Every_sample_is_read_or_refused_as_pydicom_does()
    {
        var files = DicomReference.Samples("");
        Assert.True(files.Length >= 90, $"only {files.Length} samples");
        AssertSame(files);
    }

    [DicomFact]
    public void Files_in_all_encodings_that_other_tools_write_are_read_as_pydicom_reads_them()
    {
        var files = DicomReference.Make(_folder);
        Assert.True(files.Length > 100, $"only {files.Length} files were made");
        AssertSame(files);
    }

    private void AssertSame(string[] files)
    {
        var wrong = new List<string>();
        var decoded = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var seen in DicomReference.Read(_folder, files))
        {
            try
            {
                wrong.AddRange(Differences(seen, decoded).Select(difference => $"{Path.GetFileName(seen.File)}: {difference}"));
            }
            catch (VolumeFormatException e) when (!seen.Refused)
            {
                wrong.Add($"{Path.GetFileName(seen.File)} refused: {e.Message}");
            }
        }

        output.WriteLine("pixels equal: " + string.Join(", ", decoded.Select(pair => $"{pair.Value} {pair.Key}")));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static IEnumerable<string> Differences(DicomReference.Seen seen, SortedDictionary<string, int> decoded)
    {
        if (seen.Refused)
        {
            Assert.Throws<VolumeFormatException>(() => DicomFile.Open(seen.File));
            yield break;
        }

        var dataset = DicomFile.Open(seen.File).Dataset;
        var elements = new Dictionary<string, string>();
        Flatten(dataset, "", elements);
        foreach (var (path, value) in seen.Elements!)
        {
            if (elements.GetValueOrDefault(path) != value)
            {
                yield return $"{path} is {elements.GetValueOrDefault(path) ?? "absent"}, must be {value}";
            }
        }

        foreach (var path in elements.Keys.Except(seen.Elements.Keys))
        {
            yield return $"{path} is read, but not by pydicom";
        }

        foreach (var (tag, text) in seen.Text!)
        {
            var ours = dataset.GetStringOrNull(DicomTag.FromNumber(Convert.ToUInt32(tag, 16)));
            if (ours != text)
            {
                yield return $"{tag} is \"{ours}\", must be \"{text}\"";
            }
        }

        if (!dataset.Contains(DicomTag.PixelData))
        {
            yield break;
        }

        if (seen.Pixels is null)
        {
            Assert.Throws<VolumeFormatException>(() => HashOfPixels(dataset));
            yield break;
        }

        if (HashOfPixels(dataset) != seen.Pixels)
        {
            yield return $"the pixels in {dataset.InternalTransferSyntax} differ";
        }

        var name = dataset.InternalTransferSyntax.Name;
        decoded[name] = decoded.GetValueOrDefault(name) + 1;
    }

    private static string HashOfPixels(DicomDataset dataset)
    {
        var pixels = DicomPixelData.Create(dataset);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var frame = 0; frame < pixels.NumberOfFrames; frame++)
        {
            hash.AppendData(pixels.GetFrame(frame));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Flatten(DicomDataset dataset, string path, Dictionary<string, string> elements)
    {
        foreach (var item in dataset.Where(item => item.Tag != DicomTag.PixelData))
        {
            var name = $"{path}{item.Tag.Number:X8}";
            switch (item)
            {
                case DicomElement element:
                    elements[name] = Convert.ToHexStringLower(SHA256.HashData(element.Value.Data.Span));
                    break;
                case DicomSequence sequence:
                    elements[name] = $"items {sequence.Items.Count}";
                    for (var n = 0; n < sequence.Items.Count; n++)
                    {
                        Flatten(sequence.Items[n], $"{name}[{n}].", elements);
                    }

                    break;
            }
        }
    }
}
