using System.Diagnostics;
using System.Globalization;
using SegBridge.Cli.Bench.Report;
using SegBridge.Imaging.Dicom;

namespace SegBridge.Cli.Bench.Dicom;

/// <summary>Reads a folder of 300 DICOM slices as one volume, in turns with pydicom and GDCM where they are installed.</summary>
internal static class DicomBench
{
    private const int Side = 512;
    private const int Slices = 300;
    private const string Python = "/usr/bin/python3";

    // GDCM is measured without handing its pixels to Python, which costs it more than reading them.
    private const string Reference = """
        import glob, sys, time
        import numpy, pydicom
        files = sorted(glob.glob(sys.argv[1] + "/*.dcm"))
        start = time.perf_counter()
        slices = sorted((pydicom.dcmread(file) for file in files), key=lambda ds: float(ds.ImagePositionPatient[2]))
        volume = numpy.stack([ds.pixel_array for ds in slices])
        print((time.perf_counter() - start) * 1000)
        import gdcm
        start = time.perf_counter()
        for file in files:
            reader = gdcm.ImageReader()
            reader.SetFileName(file)
            assert reader.Read()
        print((time.perf_counter() - start) * 1000)
        """;

    public static IEnumerable<BenchRow> Run(int rounds)
    {
        var folder = Directory.CreateTempSubdirectory("segbridge-bench-");
        try
        {
            Write(folder.FullName);
            var (ours, memory, others) = (new List<double>(), new List<double>(), new List<double[]>());
            Read(folder.FullName);
            for (var round = 0; round < rounds; round++)
            {
                var (start, before) = (Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes(precise: true));
                Read(folder.FullName);
                ours.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                memory.Add((GC.GetTotalAllocatedBytes(precise: true) - before) / (2.0 * Side * Side * Slices));
                others.Add(TimeOthers(folder.FullName));
            }

            return Rows(ours, memory, others);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<BenchRow> Rows(List<double> ours, List<double> memory, List<double[]> others)
    {
        yield return BenchRow.Of("DICOM series of 512×512×300 to a volume", ours, BenchRow.Ms, new Budget(1000));
        yield return BenchRow.Of("memory allocated / volume", memory, "x", new Budget(1.2));
        string[] names = ["pydicom and numpy", "GDCM"];
        for (var n = 0; n < names.Length; n++)
        {
            var times = others.Where(round => round.Length > n).Select(round => round[n]).ToArray();
            if (times.Length == ours.Count)
            {
                yield return BenchRow.Of($"  the same by {names[n]}", times, "ms");
                yield return BenchRow.Of($"  {names[n]} / ours", [.. times.Zip(ours, (other, own) => other / own)], "x");
            }
        }
    }

    private static void Read(string folder)
    {
        var volume = DicomFolder.Read(folder).Series()[0].ToVolume().Volume;
        if (volume.Geometry.Size.K != Slices)
        {
            throw new InvalidOperationException($"the series has {volume.Geometry.Size.K} slices, not {Slices}");
        }
    }

    /// <summary>Milliseconds that pydicom and GDCM took; as many as are installed.</summary>
    private static double[] TimeOthers(string folder)
    {
        if (!File.Exists(Python))
        {
            return [];
        }

        using var child = Process.Start(new ProcessStartInfo(Python, ["-c", Reference, folder]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        child.ErrorDataReceived += (_, _) => { };
        child.BeginErrorReadLine();
        var lines = child.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        child.WaitForExit();
        return [.. lines.Select(line => double.Parse(line, CultureInfo.InvariantCulture))];
    }

    private static void Write(string folder)
    {
        var (random, pixels) = (new Random(1), new byte[2 * Side * Side]);
        for (var k = 0; k < Slices; k++)
        {
            random.NextBytes(pixels);
            DicomDataset slice = [];
            slice.Add(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "AXIAL");
            slice.Add(DicomTag.SOPClassUID, DicomUID.CTImageStorage);
            slice.Add(DicomTag.SOPInstanceUID, DicomUID.FromName($"bench {k}"));
            slice.Add(DicomTag.Modality, "CT");
            slice.Add(DicomTag.SeriesInstanceUID, DicomUID.FromName("bench"));
            slice.Add(DicomTag.ImagePositionPatient, -250.0, -250.0, 1.5 * k);
            slice.Add(DicomTag.ImageOrientationPatient, 1.0, 0, 0, 0, 1, 0);
            slice.Add(DicomTag.SamplesPerPixel, 1);
            slice.Add(DicomTag.PhotometricInterpretation, "MONOCHROME2");
            slice.Add(DicomTag.Rows, Side);
            slice.Add(DicomTag.Columns, Side);
            slice.Add(DicomTag.PixelSpacing, 0.9765625, 0.9765625);
            slice.Add(DicomTag.BitsAllocated, 16);
            slice.Add(DicomTag.BitsStored, 16);
            slice.Add(DicomTag.HighBit, 15);
            slice.Add(DicomTag.PixelRepresentation, 1);
            slice.Add(DicomTag.RescaleIntercept, -1024.0);
            slice.Add(DicomTag.RescaleSlope, 1.0);
            slice.Add(new DicomElement(DicomTag.PixelData, DicomVR.OW, new MemoryByteBuffer(pixels)));
            new DicomFile(slice).Save(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{k:D4}.dcm")));
        }
    }
}
