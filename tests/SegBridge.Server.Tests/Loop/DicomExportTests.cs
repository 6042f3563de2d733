using Google.Protobuf;
using Grpc.Core;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Masks;
using SegBridge.Server.Hosting;
using SegBridge.Server.Tests.Support;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Loop;

[Collection(SharedServerGroup.Name)]
public sealed class DicomExportTests(SharedServer shared)
{
    private TestServer Server => shared.Server;

    [Fact]
    public async Task A_segmentation_has_the_mask_the_codes_and_the_model_and_belongs_to_the_images()
    {
        var (session, mask) = await SegmentedAsync(Server);
        await Server.Sessions.PutSegmentAsync(new PutSegmentRequest { SessionId = session, Segment = new Segment { Id = "liver", Name = "Left kidney", Color = 0x4080C0 } });
        // In any order.
        var (name, dataset) = await DatasetAsync(Server, Request(session, FileFormat.DicomSeg, EllipsoidImages.Source(EllipsoidImages.Slices().Reverse())));
        Assert.Equal("segmentation.dcm", name);
        Assert.Equal((EllipsoidImages.Patient, EllipsoidImages.Study), (dataset.GetString(DicomTag.PatientName), dataset.GetString(DicomTag.StudyInstanceUID)));
        var series = dataset.GetItemOfSequence(DicomTag.ReferencedSeriesSequence)!;
        Assert.Equal(EllipsoidImages.Series, series.GetString(DicomTag.SeriesInstanceUID));
        Assert.Equal(Ellipsoid.Size.K, series.GetSequence(DicomTag.ReferencedInstanceSequence).Count);
        var read = DicomSegmentation.Create(dataset);
        var segment = Assert.Single(read.Segments);
        Assert.Equal(("Left kidney", "64033007", "7771000"), (segment.Label, segment.Type.Value, segment.TypeModifier!.Value));
        Assert.Equal(((byte)0x40, (byte)0x80, (byte)0xC0), segment.Colour);
        var model = await Server.Models.GetModelAsync(new GetModelRequest { ModelId = (await Server.Models.ListModelsAsync(new ListModelsRequest())).DefaultModelId });
        Assert.Equal(new SegmentationAlgorithm(model.Id, model.Version, $"weights sha256:{model.WeightsSha256}"), segment.Algorithm);
        Assert.Matches("^[0-9a-f]{64}$", model.WeightsSha256);
        AssertSame(mask, Assert.Single(read.ToMasks(Grid)).Mask);
    }

    [Fact]
    public async Task A_structure_set_encloses_the_mask_and_a_given_mask_is_the_user_s_own()
    {
        var session = await Server.Sessions.OpenEllipsoidAsync();
        var own = new BitBlock(new(new(10, 11, 3), new(30, 25, 6)));
        foreach (var at in new Imaging.Geometry.Ijk[] { new(10, 11, 3), new(29, 24, 5), new(12, 13, 4) })
        {
            own[at] = true;
        }

        await Server.Sessions.Predict(new PredictRequest
        {
            SessionId = session, SegmentId = "GTV", Prompts = { new Prompt { Mask = new MaskPrompt { Mask = new MaskRegion
            {
                Box = new VoxelBox { Lower = new VoxelIndex { I = 10, J = 11, K = 3 }, Upper = new VoxelIndex { I = 30, J = 25, K = 6 } },
                Encoding = V1.MaskEncoding.Packed, Data = ByteString.CopyFrom(own.Bits),
            } } } },
        }).ResultAsync();
        await Server.Sessions.PutSegmentAsync(new PutSegmentRequest { SessionId = session, Segment = new Segment { Id = "GTV", Terminology = "SCT^108369006^Neoplasm" } });
        var (name, dataset) = await DatasetAsync(Server, Request(session, FileFormat.Rtstruct, EllipsoidImages.Source()));
        Assert.Equal("structures.dcm", name);
        var roi = Assert.Single(DicomStructureSet.Create(dataset).Rois);
        Assert.Equal("GTV", roi.Name);
        AssertSame(own, DicomStructureSet.Rasterise(roi, Grid));
        Assert.Equal("MANUAL", dataset.GetItemOfSequence(DicomTag.StructureSetROISequence)!.GetString(DicomTag.ROIGenerationAlgorithm));
        Assert.Equal("108369006", dataset.GetItemOfSequence(DicomTag.RTROIObservationsSequence)!.GetItemOfSequence(DicomTag.RTROIIdentificationCodeSequence)!.GetString(DicomTag.CodeValue));
    }

    [Theory]
    [InlineData("scribble-2d")]
    [InlineData("tumour-3d")]
    public async Task Probabilities_agree_with_the_mask_and_are_the_same_in_both_files(string model)
    {
        var session = await Server.Sessions.OpenEllipsoidAsync();
        var request = Ellipsoid.Prompted(session);
        request.ModelId = model;
        var mask = Ellipsoid.ToBlock((await Server.Sessions.Predict(request).ResultAsync()).Changed);
        // A voxel far from it is a person's own.
        var own = new Imaging.Geometry.Ijk(1, 1, 1);
        await Server.Sessions.Predict(new PredictRequest
        {
            SessionId = session, SegmentId = "own", Prompts = { new Prompt { Mask = new MaskPrompt { Mask = new MaskRegion
            {
                Box = new VoxelBox { Lower = new VoxelIndex { I = 1, J = 1, K = 1 }, Upper = new VoxelIndex { I = 2, J = 2, K = 2 } },
                Encoding = V1.MaskEncoding.Packed, Data = ByteString.CopyFrom(1),
            } } } },
        }).ResultAsync();

        var dataset = (await DatasetAsync(Server, Request(session, FileFormat.DicomSegFractional, EllipsoidImages.Source()))).Dataset;
        var read = DicomSegmentation.Create(dataset);
        Assert.Equal(("FRACTIONAL", "PROBABILITY", 255), (
            dataset.GetString(DicomTag.SegmentationType), dataset.GetString(DicomTag.SegmentationFractionalType), dataset.GetInt(DicomTag.MaximumFractionalValue)));
        AssertSame(mask, read.ToMasks(Grid)[0].Mask);
        var values = read.ToProbabilities(0, Grid);
        Assert.True(values.Distinct().Count() > 10, "the model is never in doubt");
        var certain = read.ToProbabilities(1, Grid);
        Assert.Equal(1, certain.Count(value => value == 255));
        Assert.Equal(1, certain.Count(value => value != 0));
        Assert.True(read.ToMasks(Grid)[1].Mask[own]);

        var file = await FileAsync(Server, With(Request(session, FileFormat.NiftiProbabilities, null), wanted => wanted.SegmentIds.Add("liver")));
        Assert.Equal("probabilities.nii.gz", file.Name);
        var volume = Imaging.Formats.NiftiFile.Read(file.Content);
        Assert.Equal(values, volume.Data.ToArray());
        Assert.Equal(1, 255 * volume.Rescale.Slope, 6);
        await CallExtensions.FailsAsync(StatusCode.InvalidArgument, () => FileAsync(Server, Request(session, FileFormat.NiftiProbabilities, null)));
    }

    [Fact]
    public async Task Without_identity_the_objects_of_one_server_or_one_key_still_belong_together()
    {
        var (session, _) = await SegmentedAsync(Server);
        async Task<DicomDataset> ExportAsync(FileFormat format, string key)
        {
            var source = EllipsoidImages.Source();
            (source.Deidentify, source.DeidentifyKey) = (true, ByteString.CopyFromUtf8(key));
            return (await DatasetAsync(Server, Request(session, format, source))).Dataset;
        }

        var (seg, structures, other) = (await ExportAsync(FileFormat.DicomSeg, ""), await ExportAsync(FileFormat.Rtstruct, ""), await ExportAsync(FileFormat.DicomSeg, "a key of the client's own"));
        Assert.Equal(seg.GetString(DicomTag.StudyInstanceUID), structures.GetString(DicomTag.StudyInstanceUID));
        Assert.NotEqual(seg.GetString(DicomTag.StudyInstanceUID), other.GetString(DicomTag.StudyInstanceUID));
        Assert.Equal("YES", seg.GetString(DicomTag.PatientIdentityRemoved));
        Assert.Equal("Liver 1", Assert.Single(DicomSegmentation.Create(seg).Segments).Label);
        Assert.DoesNotContain("Zebra", seg.GetString(DicomTag.PatientName), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_sources_are_refused_without_quoting_them()
    {
        var (session, _) = await SegmentedAsync(Server);
        var slices = EllipsoidImages.Slices().ToArray();
        foreach (var (source, said) in new (V1.DicomSource?, string)[]
        {
            (null, "dicom_source: must be set"),
            (new V1.DicomSource(), "must be 1..4096"),
            (new V1.DicomSource { SliceHeaders = { ByteString.CopyFromUtf8("no header") } }, "slice_headers[0]"),
            (EllipsoidImages.Source([.. slices[..5], .. slices[6..]]), "1 slices are missing"),
            (EllipsoidImages.Source([.. slices, slices[3]]), "same place"),
            (EllipsoidImages.Source(slices.Select(slice => With(slice, DicomTag.PixelSpacing, "0.9\\0.9"))), "none of the 12 headers"),
            (EllipsoidImages.Source([.. slices[1..], With(slices[0], DicomTag.SeriesInstanceUID, "1.2.3")]), "one series"),
            (EllipsoidImages.Source(slices.Select(slice => With(slice, DicomTag.StudyInstanceUID, ""))), "StudyInstanceUID"),
            (With(EllipsoidImages.Source(), source => source.DeidentifyKey = ByteString.CopyFromUtf8("short")), "deidentify_key"),
            (With(EllipsoidImages.Source(), source => source.SeriesDescription = new string('x', 65)), "series_description"),
        })
        {
            var error = await CallExtensions.FailsAsync(StatusCode.InvalidArgument, () => DatasetAsync(Server, Request(session, FileFormat.DicomSeg, source)));
            Assert.Contains(said, error.Status.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain("ebra", error.Status.Detail, StringComparison.Ordinal);
            Assert.DoesNotContain("1.2.826", error.Status.Detail, StringComparison.Ordinal);
        }

        var empty = await Server.Sessions.OpenEllipsoidAsync(withBricks: false);
        await Server.Sessions.PutSegmentAsync(new PutSegmentRequest { SessionId = empty, Segment = new Segment { Id = "a" } });
        await CallExtensions.FailsAsync(StatusCode.FailedPrecondition, () => DatasetAsync(Server, Request(empty, FileFormat.DicomSeg, EllipsoidImages.Source())));
    }

    [Fact]
    public async Task Damaged_headers_never_break_the_server()
    {
        var (session, _) = await SegmentedAsync(Server);
        var random = new Random(5);
        for (var n = 0; n < 150; n++)
        {
            var source = EllipsoidImages.Source();
            var header = source.SliceHeaders[random.Next(source.SliceHeaders.Count)].ToByteArray();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                header[random.Next(132, header.Length)] = (byte)random.Next(256);
            }

            source.SliceHeaders[random.Next(source.SliceHeaders.Count)] = ByteString.CopyFrom(header, 0, random.Next(4) == 0 ? random.Next(header.Length) : header.Length);
            try
            {
                await DatasetAsync(Server, Request(session, FileFormat.DicomSeg, source));
            }
            catch (RpcException error)
            {
                Assert.True(error.StatusCode == StatusCode.InvalidArgument, $"change {n}: {error.Status}");
            }
        }
    }

    [Fact]
    public async Task Identifiers_reach_neither_the_log_nor_the_disk()
    {
        var folder = Directory.CreateTempSubdirectory("segbridge-export-");
        using var log = new LogText();
        try
        {
            await using (var server = await TestServer.StartAsync(TestServer.Options with
            {
                Journal = new() { Folder = folder.FullName }, Log = new LogSettings { Output = log, Level = Microsoft.Extensions.Logging.LogLevel.Trace },
            }))
            {
                var (session, _) = await SegmentedAsync(server);
                await DatasetAsync(server, Request(session, FileFormat.DicomSeg, EllipsoidImages.Source()));
                await DatasetAsync(server, Request(session, FileFormat.Rtstruct, EllipsoidImages.Source()));
                await CallExtensions.FailsAsync(
                    StatusCode.InvalidArgument, () => DatasetAsync(server, Request(session, FileFormat.DicomSeg, EllipsoidImages.Source(EllipsoidImages.Slices().Select(slice => With(slice, DicomTag.Rows, "7"))))));
            }

            var written = Directory.GetFiles(folder.FullName, "*", SearchOption.AllDirectories).Select(File.ReadAllText).Append(log.ToString()).ToArray();
            Assert.True(written.Length > 1, "there is no journal");
            foreach (var text in written)
            {
                Assert.DoesNotContain("ebra", text, StringComparison.Ordinal);
                Assert.DoesNotContain("1.2.826", text, StringComparison.Ordinal);
                Assert.DoesNotContain("20191124", text, StringComparison.Ordinal);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Imaging.Geometry.VolumeGeometry Grid => new(
        Ellipsoid.Size, new Imaging.Geometry.Spacing(0.8, 0.8, 2.5), Imaging.Geometry.Direction.Identity, new Imaging.Geometry.LpsPoint(-30, 12, 700));

    private static ExportRequest Request(string session, FileFormat format, V1.DicomSource? source) => new() { SessionId = session, Format = format, DicomSource = source };

    private static DicomDataset With(DicomDataset slice, DicomTag tag, string text)
    {
        DicomDataset changed = [];
        foreach (var item in slice)
        {
            changed.Add(item);
        }

        if (tag == DicomTag.Rows)
        {
            changed.Add(tag, int.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
        }
        else
        {
            changed.Add(tag, text);
        }

        return changed;
    }

    private static T With<T>(T message, Action<T> change)
    {
        change(message);
        return message;
    }

    private static void AssertSame(BitBlock expected, VolumeMask actual)
    {
        Assert.True(expected.Count > 0);
        Assert.Equal(expected.Count, actual.Count);
        Assert.All(expected.Voxels, voxel => Assert.True(actual[voxel]));
    }

    private static async Task<(string Session, BitBlock Mask)> SegmentedAsync(TestServer server)
    {
        var session = await server.Sessions.OpenEllipsoidAsync();
        return (session, Ellipsoid.ToBlock((await server.Sessions.Predict(Ellipsoid.Prompted(session)).ResultAsync()).Changed));
    }

    private static async Task<(string Name, DicomDataset Dataset)> DatasetAsync(TestServer server, ExportRequest request)
    {
        var (name, content) = await FileAsync(server, request);
        return (name, DicomFile.Open(content).Dataset);
    }

    private static async Task<(string Name, MemoryStream Content)> FileAsync(TestServer server, ExportRequest request)
    {
        using var call = server.Export.ExportSegments(request);
        var (name, content) = ("", new MemoryStream());
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            name += call.ResponseStream.Current.FileName;
            call.ResponseStream.Current.Data.WriteTo(content);
        }

        content.Position = 0;
        return (name, content);
    }
}
