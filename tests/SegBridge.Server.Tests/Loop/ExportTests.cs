using Grpc.Core;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Server.Tests.Support;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Loop;

[Collection(SharedServerGroup.Name)]
public sealed class ExportTests(SharedServer shared)
{
    private TestServer Server => shared.Server;

    [Fact]
    public async Task A_NIfTI_file_has_the_grid_of_the_input_and_the_voxels_of_the_mask()
    {
        var (session, mask) = await SegmentedAsync();
        var (name, content) = await FileAsync(new ExportRequest { SessionId = session, Format = FileFormat.Nifti });
        Assert.Equal("segmentation.nii.gz", name);
        using var stream = new MemoryStream(content);
        var volume = NiftiFile.Read(stream);
        Assert.Equal(Ellipsoid.Size, volume.Geometry.Size);
        Assert.True(volume.Geometry.ToLps(new Ijk(0, 0, 0)).DistanceTo(new Imaging.Geometry.LpsPoint(-30, 12, 700)) < 1e-3);
        Assert.Equal(mask.Count, volume.Data.ToArray().LongCount(label => label == 1));
        Assert.All([new Ijk(Ellipsoid.CentreI, Ellipsoid.CentreJ, Ellipsoid.CentreK), new Ijk(0, 0, 0)], at => Assert.Equal(mask.Box.Contains(at) && mask[at] ? 1 : 0, volume.ValueAt(at)));
    }

    [Fact]
    public async Task An_NRRD_file_has_the_names_and_colours_that_Slicer_shows()
    {
        var (session, mask) = await SegmentedAsync();
        await Server.Sessions.PutSegmentAsync(new PutSegmentRequest { SessionId = session, Segment = new Segment { Id = "liver", Name = "Liver", Color = 0xFF0000 } });
        var (_, content) = await FileAsync(new ExportRequest { SessionId = session, Format = FileFormat.Nrrd, SegmentIds = { "liver" } });
        using var stream = new MemoryStream(content);
        var file = NrrdFile.ReadWithKeyValues(stream);
        Assert.Contains(file.KeyValues, pair => pair.Key == "Segment0_Name" && pair.Value == "Liver");
        Assert.Contains(file.KeyValues, pair => pair.Key == "Segment0_Color" && pair.Value == "1 0 0");
        Assert.Equal(mask.Count, file.Volume.Data.ToArray().LongCount(label => label == 1));
    }

    [Fact]
    public async Task No_format_and_unknown_segments_are_refused()
    {
        var (session, _) = await SegmentedAsync();
        await CallExtensions.FailsAsync(StatusCode.InvalidArgument, () => FileAsync(new ExportRequest { SessionId = session }));
        await CallExtensions.FailsAsync(
            StatusCode.NotFound, () => FileAsync(new ExportRequest { SessionId = session, Format = FileFormat.Nifti, SegmentIds = { "spleen" } }));
    }

    private async Task<(string Session, Imaging.Masks.BitBlock Mask)> SegmentedAsync()
    {
        var session = await Server.Sessions.OpenEllipsoidAsync();
        var result = await Server.Sessions.Predict(Ellipsoid.Prompted(session)).ResultAsync();
        return (session, Ellipsoid.ToBlock(result.Changed));
    }

    private async Task<(string Name, byte[] Content)> FileAsync(ExportRequest request)
    {
        using var call = Server.Export.ExportSegments(request);
        var (name, content) = ("", new List<byte>());
        while (await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            var chunk = call.ResponseStream.Current;
            Assert.True(chunk.Data.Length <= 1 << 20);
            name += chunk.FileName;
            content.AddRange(chunk.Data);
        }

        return (name, [.. content]);
    }
}
