using SegBridge.Cli.Dicom;
using SegBridge.Imaging.Dicom;

namespace SegBridge.Cli.Tests.Dicom;

public sealed class FolderFactsTests
{
    [Fact]
    public void A_folder_is_described_without_anything_about_the_patient()
    {
        var folder = Directory.CreateTempSubdirectory("segbridge-facts-");
        try
        {
            for (var k = 0; k < 5; k++)
            {
                // One slice is missing.
                new DicomFile(Slice(k < 3 ? k : k + 1)).Save(Path.Combine(folder.FullName, $"{k}.dcm"));
            }

            File.WriteAllText(Path.Combine(folder.FullName, "readme"), "no image");
            var facts = FolderFacts.Of(DicomFolder.Read(folder.FullName));
            var stack = Assert.Single(Assert.Single(facts.Series).Stacks);
            Assert.Equal([2, 3, 5], stack.Size.ToArray());
            Assert.Equal([0.5, 0.75, 2], stack.SpacingMm.ToArray());
            Assert.Contains("1 slices are missing", stack.Problem, StringComparison.Ordinal);
            var lines = string.Join('\n', facts.Lines());
            Assert.Contains("not read: \"readme\"", lines, StringComparison.Ordinal);
            Assert.DoesNotContain("Meier", lines, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static DicomDataset Slice(int k)
    {
        DicomDataset slice = [];
        slice.Add(DicomTag.SOPClassUID, DicomUID.CTImageStorage);
        slice.Add(DicomTag.SOPInstanceUID, $"1.2.{k + 1}");
        slice.Add(DicomTag.PatientName, "Meier^Anna");
        slice.Add(DicomTag.Modality, "CT");
        slice.Add(DicomTag.SeriesInstanceUID, "1.2");
        slice.Add(DicomTag.ImagePositionPatient, 0.0, 0, 2 * k);
        slice.Add(DicomTag.ImageOrientationPatient, 1.0, 0, 0, 0, 1, 0);
        slice.Add(DicomTag.PixelSpacing, 0.75, 0.5);
        slice.Add(DicomTag.Rows, 3);
        slice.Add(DicomTag.Columns, 2);
        slice.Add(DicomTag.BitsAllocated, 8);
        slice.Add(new DicomElement(DicomTag.PixelData, DicomVR.OB, new MemoryByteBuffer(new byte[6])));
        return slice;
    }
}
