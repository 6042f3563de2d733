using SegBridge.Imaging.Geometry;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Steps;
using SegBridge.Sessions.Tests.Patches;

namespace SegBridge.Sessions.Tests.Steps;

/// <summary>2D models on slices that lie in any direction.</summary>
public sealed class ObliqueStepTests : IDisposable
{
    private static readonly LpsPoint Middle = new(30, -20, 400);

    private readonly VolumeGeometry _geometry;
    private readonly BrightnessModel _model = new();
    private readonly FieldSession _session;

    public ObliqueStepTests()
    {
        var random = new Random(8);
        _geometry = RandomGeometry.Of(random, RandomGeometry.TurnedRas(random, 180), extentMm: 60);
        // Above the model's ½ where an ellipsoid is.
        _session = new FieldSession(_geometry, at => Field(at) + 0.5, new SessionModel.OnSlices(_model));
    }

    [Fact]
    public async Task The_object_is_found_on_the_voxels_that_the_slice_passes_through_and_no_others()
    {
        var plane = Plane(0.3);

        var result = await StepAsync(plane, Click(Middle));

        var slab = plane.SlabIn(_geometry);
        var mask = _session.Mask;
        Assert.All(mask.Voxels, voxel => Assert.InRange(slab.ToVoxel(_geometry.ToLps(voxel)).K, -0.5001, 0.5));
        var truth = Voxels.Inside(_geometry, Field);
        foreach (var off in Voxels.Of(_geometry.Bounds).Where(voxel => !slab.Bounds.Contains(slab.ToVoxel(_geometry.ToLps(voxel)).Nearest())))
        {
            truth[off] = false;
        }

        Assert.InRange(Voxels.Dice(truth, mask), 0.95, 1);
        Assert.Null(result.Slice);
        Assert.Equal(mask.Count, result.Segment.VoxelCount);
    }

    [Fact]
    public async Task Each_oblique_slice_keeps_its_own_prompts_and_logits()
    {
        await StepAsync(Plane(0.3), Click(Middle));
        await StepAsync(Plane(-0.4), Click(Middle));
        await StepAsync(Plane(0.3), Click(Middle));

        Assert.Equal([1, 1, 2], _model.Calls.Select(call => call.Prompts.Points.Count));
        // What the other slice left of the mask where they cross starts the second one.
        Assert.True(_model.Calls[1].Previous![0] < 0);
        Assert.Equal(1, _model.Calls[2].Previous![0]);
        Assert.Same(_model.Calls[0].Image, _model.Calls[2].Image);
    }

    [Fact]
    public async Task Undo_gives_the_voxels_off_and_on_the_slice_back()
    {
        await StepAsync(Plane(0.3), Click(Middle));
        var before = _session.Mask.Bits.ToArray();
        await StepAsync(Plane(-0.4), Click(Middle));

        _session.Undo();

        Assert.Equal(before, _session.Mask.Bits.ToArray());
    }

    [Fact]
    public async Task Prompts_off_the_slice_or_beside_its_pixels_are_refused()
    {
        var plane = Plane(0.3);

        var off = await Assert.ThrowsAsync<InvalidRequestException>(() => StepAsync(plane, Click(Middle + (plane.Normal * 6))));
        var beside = await Assert.ThrowsAsync<InvalidRequestException>(() => StepAsync(Plane(0.3, pixels: 10), Click(Middle + (plane.ColumnAxis * 12))));

        Assert.Contains("mm off the oblique slice", off.Message, StringComparison.Ordinal);
        Assert.Contains("beside the 10 × 10 pixels", beside.Message, StringComparison.Ordinal);
        Assert.Empty(_model.Calls);
    }

    [Fact]
    public async Task Strokes_are_drawn_with_a_round_brush_on_the_slice()
    {
        var plane = Plane(0.3);
        var from = _geometry.ToVoxel(Middle + (plane.ColumnAxis * 25));

        await StepAsync(plane, new StrokePrompt(Polarity.Positive, [from], 5.2));

        var map = _model.Calls[0].Prompts.PositiveScribble!;
        var drawn = Enumerable.Range(0, map.Length).Where(n => map[n] != 0).Select(n => (Row: n / plane.Columns, Column: n % plane.Columns)).ToArray();
        // Pixels of 1.25 mm: 5.2 mm are 4 of them to each side.
        Assert.Equal((9, 9), (drawn.Max(at => at.Row) - drawn.Min(at => at.Row) + 1, drawn.Max(at => at.Column) - drawn.Min(at => at.Column) + 1));
    }

    public void Dispose() => _session.Dispose();

    private static double Field(LpsPoint at) => (at - Middle) is var d
        ? 1 - Math.Sqrt((d.L * d.L / 144) + (d.P * d.P / 256) + (d.S * d.S / 400))
        : 0;

    // Through the middle, leaning about two axes; pixels of 1.25 mm.
    private static ObliquePlane Plane(double angle, int pixels = 60)
    {
        var column = new LpsVector(Math.Cos(angle), Math.Sin(angle), 0);
        var row = RandomGeometry.Unit(column.Cross(new LpsVector(0.2, 0.1, 1)));
        var corner = Middle + (column * (-1.25 * (pixels / 2))) + (row * (-1.25 * (pixels / 2)));
        return new ObliquePlane(corner, column, row, 1.25, 1.25, pixels, pixels);
    }

    private PointPrompt Click(LpsPoint at) => new(Polarity.Positive, _geometry.ToVoxel(at));

    private Task<StepResult> StepAsync(ObliquePlane plane, params Prompt[] prompts) =>
        _session.StepAsync(new StepRequest { SegmentId = "1", Oblique = plane, Prompts = prompts });
}
