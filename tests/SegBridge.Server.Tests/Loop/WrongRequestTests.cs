using Google.Protobuf;
using Grpc.Core;
using SegBridge.Server.Tests.Support;
using SegBridge.V1;

namespace SegBridge.Server.Tests.Loop;

[Collection(SharedServerGroup.Name)]
public sealed class WrongRequestTests(SharedServer shared)
{
    private TestServer Server => shared.Server;

    public static TheoryData<string, Action<OpenSessionRequest>> WrongVolumes => new()
    {
        { "volume: must be set", request => request.Volume = null },
        { "volume.geometry: must be set", request => request.Volume.Geometry = null },
        { "volume.geometry.size: must be set", request => request.Volume.Geometry.Size = null },
        { "volume.geometry.size.j: must be in 1..32768, got 0", request => request.Volume.Geometry.Size.J = 0 },
        { "volume.geometry.size.i: must be in 1..32768, got 4294967295", request => request.Volume.Geometry.Size.I = uint.MaxValue },
        { "2^40", request => request.Volume.Geometry.Size = new Size { I = 32768, J = 32768, K = 32768 } },
        { "volume.geometry.spacing.k: must be a finite number, got NaN", request => request.Volume.Geometry.Spacing.K = double.NaN },
        { "spacing must be finite and > 0", request => request.Volume.Geometry.Spacing.I = -1 },
        { "volume.geometry.origin.s: must be a finite number, got Infinity", request => request.Volume.Geometry.Origin.S = double.PositiveInfinity },
        { "volume.geometry.j_axis: must be set", request => request.Volume.Geometry.JAxis = null },
        { "length 1", request => request.Volume.Geometry.IAxis.L = 2 },
        { "must span space", request => request.Volume.Geometry.JAxis = new LpsVector { L = 1 } },
        { "volume.voxel_type: must be one of", request => request.Volume.VoxelType = VoxelType.Unspecified },
        { "volume.voxel_type: must be one of", request => request.Volume.VoxelType = (VoxelType)99 },
        { "volume.rescale_slope", request => request.Volume.RescaleSlope = double.NaN },
        { "volume.brick_size.i: must be in 1..256, got 257", request => request.Volume.BrickSize.I = 257 },
        { "volume.brick_size: must have at most 4194304 voxels", request => request.Volume.BrickSize = new Size { I = 256, J = 256, K = 256 } },
        { "volume.display_window: lower must be less than upper", request => request.Volume.DisplayWindow = new IntensityWindow { Lower = 5, Upper = 5 } },
        { "volume.content_sha256: must be empty or 32 bytes, got 3", request => request.Volume.ContentSha256 = ByteString.CopyFrom(1, 2, 3) },
        { "client: must have 0..100 characters, got 101", request => request.Client = new string('x', 101) },
        { "client: must be printable", request => request.Client = "a\nb" },
    };

    [Theory]
    [MemberData(nameof(WrongVolumes))]
    public async Task A_wrong_volume_is_refused_with_the_field_and_the_rule(string message, Action<OpenSessionRequest> spoil)
    {
        var request = Ellipsoid.Open();
        spoil(request);
        var error = await CallExtensions.FailsAsync(StatusCode.InvalidArgument, async () => await Server.Sessions.OpenSessionAsync(request));
        Assert.Contains(message, error.Status.Detail, StringComparison.Ordinal);
    }

    public static TheoryData<string, Action<Brick>> WrongBricks => new()
    {
        { "bricks[1].index: must be set", brick => brick.Index = null },
        { "brick", brick => brick.Index = new BrickIndex { I = 3 } },
        { "bricks[1].index.k: must be in", brick => brick.Index.K = uint.MaxValue },
        { "bricks[1].encoding: must be one of", brick => brick.Encoding = BrickEncoding.Unspecified },
        { "bytes", brick => (brick.Encoding, brick.Data) = (BrickEncoding.Raw, ByteString.CopyFrom(1, 2, 3)) },
        { "decode", brick => brick.Data = ByteString.CopyFrom(brick.Data.ToByteArray()[..^9]) },
        { "decode", brick => brick.Data = ByteString.CopyFrom(9, 9, 9, 9) },
        { "crc", brick => brick.Crc32 ^= 1 },
    };

    [Theory]
    [MemberData(nameof(WrongBricks))]
    public async Task One_wrong_brick_keeps_the_whole_request_out(string message, Action<Brick> spoil)
    {
        var session = await Server.Sessions.OpenEllipsoidAsync(withBricks: false);
        var request = new PutBricksRequest { SessionId = session };
        request.Bricks.AddRange(Ellipsoid.Bricks().Take(2));
        spoil(request.Bricks[1]);
        var error = await CallExtensions.FailsAsync(StatusCode.InvalidArgument, async () => await Server.Sessions.PutBricksAsync(request));
        Assert.Contains(message, error.Status.Detail, StringComparison.OrdinalIgnoreCase);
        var held = await Server.Sessions.PutBricksAsync(new PutBricksRequest { SessionId = session, Bricks = { Ellipsoid.Bricks().Last() } });
        Assert.Equal(1u, held.Held);
    }

    public static TheoryData<string, Action<PredictRequest>> WrongSteps => new()
    {
        { "segment_id: must have 1..64 characters, got 0", request => request.SegmentId = "" },
        { "prompts[0]: must be a point, box, scribble, lasso or mask; none is set", request => request.Prompts[0] = new Prompt() },
        { "prompts[0].point.polarity: must be one of Positive, Negative", request => request.Prompts[0].Point.Polarity = Polarity.Unspecified },
        { "prompts[0].point.position: must be ijk or lps", request => request.Prompts[0].Point.ClearPosition() },
        { "prompts[0].point.ijk.i: must be a finite number", request => request.Prompts[0].Point.Ijk.I = double.NaN },
        { "prompts[0].point.lps.p: must be a finite number", request => request.Prompts[0].Point.Lps = new LpsPoint { P = double.NegativeInfinity } },
        { "prompts[0].box.box: must be set", request => request.Prompts[0] = new Prompt { Box = new BoxPrompt() } },
        { "prompts[0].lasso.outline.ijk.coordinates: must be 3 numbers", request => request.Prompts[0] = new Prompt { Lasso = new LassoPrompt { Polarity = Polarity.Positive, Outline = new Polyline { Ijk = new VoxelPoints { Coordinates = { 1, 2 } } } } } },
        { "prompts[0].scribble.radius_mm: must be in 0..100", request => request.Prompts[0] = Stroke(-1, 1) },
        { "prompts[0].scribble.path.ijk.coordinates: must be finite numbers; those of point 0 are not", request => request.Prompts[0] = Stroke(1, float.NaN) },
        { "prompts[0].mask.mask.box: must lie inside the volume", request => request.Prompts[0] = Mask(500) },
        { "prompts[0].mask.mask", request => request.Prompts[0] = Mask(8) },
        { "slice.axis: must be one of I, J, K", request => request.Slice.Axis = Axis.Unspecified },
        { "slice K must be in 0..11", request => request.Slice.Index = 12 },
        { "oblique.origin: must be set", request => request.Oblique = new ObliqueSlice() },
        { "oblique.rows: must be in 1..4096, got 4097", request => request.Oblique = Tilted(slice => slice.Rows = 4097) },
        { "oblique.column_spacing: must be a finite number", request => request.Oblique = Tilted(slice => slice.ColumnSpacing = double.NaN) },
        { "spacing must be finite and > 0 mm", request => request.Oblique = Tilted(slice => slice.RowSpacing = 0) },
        { "the row axis must have length 1", request => request.Oblique = Tilted(slice => slice.RowAxis.S = 0.9) },
        { "column and row axis must be at right angles", request => request.Oblique = Tilted(slice => slice.RowAxis = new LpsVector { L = 0.6, S = 0.8 }) },
        { "passes through no voxel", request => request.Oblique = Tilted(slice => slice.Origin.P = 5000) },
        { "mm off the oblique slice", request => request.Oblique = Tilted(slice => slice.Origin.P = 20) },
        { "window: lower must be less than upper", request => request.Window = new IntensityWindow { Lower = 1, Upper = -1 } },
        { "request_id: must have 1..64 characters", request => request.RequestId = new string('r', 65) },
    };

    [Theory]
    [MemberData(nameof(WrongSteps))]
    public async Task A_wrong_prompt_is_refused_with_the_field_and_the_rule(string message, Action<PredictRequest> spoil)
    {
        var session = await Server.Sessions.OpenEllipsoidAsync(withBricks: false);
        var request = Ellipsoid.Clicked(session);
        spoil(request);
        var error = await CallExtensions.FailsAsync(StatusCode.InvalidArgument, () => Server.Sessions.Predict(request).AllAsync());
        Assert.Contains(message, error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_exist_is_not_found()
    {
        var nowhere = new string('0', 32);
        await CallExtensions.FailsAsync(StatusCode.NotFound, () => Server.Sessions.Predict(Ellipsoid.Clicked(nowhere)).AllAsync());
        await CallExtensions.FailsAsync(StatusCode.NotFound, async () => await Server.Sessions.KeepAliveAsync(new KeepAliveRequest { SessionId = "" }));
        var session = await Server.Sessions.OpenEllipsoidAsync(withBricks: false);
        await CallExtensions.FailsAsync(
            StatusCode.NotFound, async () => await Server.Sessions.UndoAsync(new HistoryRequest { SessionId = session, SegmentId = "none" }));
        var request = Ellipsoid.Clicked(session);
        request.ModelId = "no-such-model";
        var error = await CallExtensions.FailsAsync(StatusCode.NotFound, () => Server.Sessions.Predict(request).AllAsync());
        Assert.Contains("scribble-2d", error.Status.Detail, StringComparison.Ordinal);
        await CallExtensions.FailsAsync(StatusCode.NotFound, async () => await Server.Models.GetModelAsync(new GetModelRequest { ModelId = "no-such-model" }));
    }

    [Fact]
    public async Task Nothing_to_undo_is_a_failed_precondition()
    {
        var session = await Server.Sessions.OpenEllipsoidAsync(withBricks: false);
        await Server.Sessions.PutSegmentAsync(new PutSegmentRequest { SessionId = session, Segment = new Segment { Id = "new" } });
        var key = new HistoryRequest { SessionId = session, SegmentId = "new" };
        await CallExtensions.FailsAsync(StatusCode.FailedPrecondition, async () => await Server.Sessions.UndoAsync(key));
        await CallExtensions.FailsAsync(StatusCode.FailedPrecondition, async () => await Server.Sessions.RedoAsync(key));
    }

    // Across J, through the middle of the ellipsoid.
    private static ObliqueSlice Tilted(Action<ObliqueSlice> spoil)
    {
        var slice = new ObliqueSlice
        {
            Origin = new LpsPoint { L = -30, P = 12 + (0.8 * Ellipsoid.CentreJ), S = 700 },
            ColumnAxis = new LpsVector { L = 1 },
            RowAxis = new LpsVector { S = 1 },
            ColumnSpacing = 1,
            RowSpacing = 1,
            Columns = 70,
            Rows = 25,
        };
        spoil(slice);
        return slice;
    }

    private static Prompt Stroke(double radius, float firstCoordinate) => new()
    {
        Scribble = new ScribblePrompt
        {
            Polarity = Polarity.Positive,
            RadiusMm = radius,
            Path = new Polyline { Ijk = new VoxelPoints { Coordinates = { firstCoordinate, 2, Ellipsoid.CentreK } } },
        },
    };

    private static Prompt Mask(int length) => new()
    {
        Mask = new MaskPrompt
        {
            Mask = new MaskRegion
            {
                Box = new VoxelBox { Lower = new VoxelIndex(), Upper = new VoxelIndex { I = length, J = 1, K = 1 } },
                Encoding = MaskEncoding.XorZlib,
                Data = ByteString.CopyFrom(1, 2, 3),
            },
        },
    };
}
