using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Tests.Dicom;

/// <summary>Makes classic and enhanced images of a volume, slice by slice along k, with all that an archive asks for.</summary>
internal static class SyntheticSeries
{
    public const string Study = "1.2.826.0.1.1";
    public const string Series = "1.2.826.0.1.2";
    public const string FrameOfReference = "1.2.826.0.1.3";

    /// <summary>A CT-like volume of 16-bit numbers over any grid; k runs along the normal of the slices.</summary>
    public static Volume Volume(Random random, VolumeSize size, bool sheared = false)
    {
        var i = Unit(new LpsVector(random.NextDouble() - 0.5, random.NextDouble() - 0.5, random.NextDouble() - 0.5));
        var j = Unit(i.Cross(new LpsVector(0.3, random.NextDouble() + 0.1, 0.9)));
        var k = i.Cross(j);
        if (sheared)
        {
            k = Unit(k + (j * 0.2));
        }

        var geometry = new VolumeGeometry(size, new Spacing(0.7, 0.9, 2.5), new Direction(i, j, k), new LpsPoint(-12.5, 33.25, 101));
        return new Volume(geometry, VoxelType.Int16, new Rescale(1, -1024), random.Bytes((int)size.VoxelCount * 2));
    }

    /// <summary>One dataset for each slice.</summary>
    public static DicomDataset[] Classic(Volume volume, string series = Series) =>
        [.. Enumerable.Range(0, volume.Geometry.Size.K).Select(k => Slice(volume, k, series))];

    public static DicomDataset Slice(Volume volume, int k, string series = Series)
    {
        var (geometry, size) = (volume.Geometry, volume.Geometry.Size);
        var dataset = Common(volume, series, DicomUID.CTImageStorage, $"{series}.{k + 1}");
        dataset.Add(DicomTag.InstanceNumber, k + 1);
        dataset.Add(DicomTag.AcquisitionNumber, 1);
        dataset.Add(DicomTag.ImagePositionPatient, Text(geometry.ToLps(new Ijk(0, 0, k))));
        dataset.Add(DicomTag.ImageOrientationPatient, Orientation(geometry));
        dataset.Add(DicomTag.PixelSpacing, geometry.Spacing.J, geometry.Spacing.I);
        dataset.Add(DicomTag.SliceThickness, geometry.Spacing.K);
        dataset.Add(DicomTag.RescaleSlope, volume.Rescale.Slope);
        dataset.Add(DicomTag.RescaleIntercept, volume.Rescale.Intercept);
        dataset.Add(DicomTag.KVP, "120");
        SetPixels(dataset, volume.Data.Slice(k * size.I * size.J * 2, size.I * size.J * 2).ToArray());
        return dataset;
    }

    /// <summary>One dataset with all slices as frames.</summary>
    public static DicomDataset Enhanced(Volume volume)
    {
        var geometry = volume.Geometry;
        var dataset = Common(volume, Series, DicomUID.EnhancedCTImageStorage, Series + ".1");
        dataset.Add(DicomTag.NumberOfFrames, geometry.Size.K);
        DicomDataset shared = [], orientation = [], measures = [], transformation = [];
        orientation.Add(DicomTag.ImageOrientationPatient, Orientation(geometry));
        measures.Add(DicomTag.PixelSpacing, geometry.Spacing.J, geometry.Spacing.I);
        measures.Add(DicomTag.SliceThickness, geometry.Spacing.K);
        transformation.Add(DicomTag.RescaleSlope, volume.Rescale.Slope);
        transformation.Add(DicomTag.RescaleIntercept, volume.Rescale.Intercept);
        shared.Add(DicomTag.PlaneOrientationSequence, orientation);
        shared.Add(DicomTag.PixelMeasuresSequence, measures);
        shared.Add(DicomTag.PixelValueTransformationSequence, transformation);
        dataset.Add(DicomTag.SharedFunctionalGroupsSequence, shared);
        var frames = new List<DicomDataset>();
        for (var k = 0; k < geometry.Size.K; k++)
        {
            DicomDataset frame = [], position = [];
            position.Add(DicomTag.ImagePositionPatient, Text(geometry.ToLps(new Ijk(0, 0, k))));
            frame.Add(DicomTag.PlanePositionSequence, position);
            frames.Add(frame);
        }

        dataset.Add(DicomTag.PerFrameFunctionalGroupsSequence, frames);
        SetPixels(dataset, volume.Data.ToArray());
        return dataset;
    }

    public static void SetPixels(DicomDataset dataset, byte[] pixels) =>
        dataset.Add(new DicomElement(DicomTag.PixelData, DicomVR.OW, new MemoryByteBuffer(pixels)));

    public static double[] Text(LpsPoint point) => [point.L, point.P, point.S];

    /// <summary>Writes each dataset as a file of a folder.</summary>
    public static void Save(IEnumerable<DicomDataset> datasets, string folder)
    {
        var n = 0;
        foreach (var dataset in datasets)
        {
            new DicomFile(dataset).Save(Path.Combine(folder, $"{n++:D4}.dcm"));
        }
    }

    private static double[] Orientation(VolumeGeometry geometry)
    {
        var (i, j) = (geometry.Direction.IAxis, geometry.Direction.JAxis);
        return [i.L, i.P, i.S, j.L, j.P, j.S];
    }

    private static DicomDataset Common(Volume volume, string series, string sopClass, string instance)
    {
        DicomDataset dataset = [];
        dataset.Add(DicomTag.SpecificCharacterSet, "ISO_IR 192");
        dataset.Add(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "AXIAL");
        dataset.Add(DicomTag.SOPClassUID, sopClass);
        dataset.Add(DicomTag.SOPInstanceUID, instance);
        dataset.Add(DicomTag.StudyDate, "20200101");
        dataset.Add(DicomTag.StudyTime, "120000");
        dataset.Add(DicomTag.AccessionNumber, "");
        dataset.Add(DicomTag.Modality, "CT");
        dataset.Add(DicomTag.ReferringPhysicianName, "");
        dataset.Add(DicomTag.PatientName, "Šablona^Zkušební");
        dataset.Add(DicomTag.PatientID, "4711");
        dataset.Add(DicomTag.PatientBirthDate, "");
        dataset.Add(DicomTag.PatientSex, "O");
        dataset.Add(DicomTag.StudyInstanceUID, Study);
        dataset.Add(DicomTag.SeriesInstanceUID, series);
        dataset.Add(DicomTag.StudyID, "1");
        dataset.Add(DicomTag.SeriesNumber, 1);
        dataset.Add(DicomTag.FrameOfReferenceUID, FrameOfReference);
        dataset.Add(DicomTag.PositionReferenceIndicator, "");
        dataset.Add(DicomTag.SamplesPerPixel, 1);
        dataset.Add(DicomTag.PhotometricInterpretation, "MONOCHROME2");
        dataset.Add(DicomTag.Rows, volume.Geometry.Size.J);
        dataset.Add(DicomTag.Columns, volume.Geometry.Size.I);
        dataset.Add(DicomTag.BitsAllocated, 16);
        dataset.Add(DicomTag.BitsStored, 16);
        dataset.Add(DicomTag.HighBit, 15);
        dataset.Add(DicomTag.PixelRepresentation, 1);
        return dataset;
    }

    private static LpsVector Unit(LpsVector vector) => vector * (1 / vector.Length);
}
