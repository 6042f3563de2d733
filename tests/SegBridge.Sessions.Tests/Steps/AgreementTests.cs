using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Segments;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Tests.Steps;

/// <summary>The user's prompts hold after every step, of 2D and 3D models that do not care for them.</summary>
public sealed class AgreementTests : IDisposable
{
    private readonly TestSession _test = new();
    private readonly Session _session;

    public AgreementTests()
    {
        _test.PutAllBricks();
        var (volumes, slices) = (new BrightVolumeModel(), new ThreeMasksModel());
        _session = new Session(
            _test.State, BrightVolumeModel.Id,
            id => id == BrightVolumeModel.Id ? new SessionModel.OnVolume(volumes) : new SessionModel.OnSlices(slices));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Over_eleven_steps_every_prompt_holds_the_newer_where_two_disagree_and_undo_is_exact(int seed)
    {
        var chance = new Random(seed);
        var said = new Dictionary<Ijk, bool>();
        var masks = new List<byte[]> { Bits() };
        for (var step = 1; step <= 11; step++)
        {
            // Few places, so that prompts meet and contradict each other.
            var at = new Ijk(chance.Next(3, 14), chance.Next(2, 10), chance.Next(2, 5));
            var polarity = chance.Next(2) == 0 ? Polarity.Positive : Polarity.Negative;
            var plane = new SlicePlane((Axis)chance.Next((int)Axis.I, (int)Axis.I + 3), 0);
            plane = plane with { Index = at[plane.Axis] };
            Prompt prompt = chance.Next(3) == 0
                ? new StrokePrompt(polarity, [at.Centre, plane.VoxelAt(plane.PixelOf(at).Row, plane.PixelOf(at).Column + 3).Centre], chance.Next(2))
                : new PointPrompt(polarity, at.Centre);
            var slice = chance.Next(2) == 0 ? plane : (SlicePlane?)null;
            foreach (var mark in VolumePromptRaster.Draw([new DrawnPrompt(prompt, slice)], _session.Volume.Geometry).Marks)
            {
                said[mark.Voxel] = mark.IsInside;
            }

            await StepAsync(prompt, slice);
            if (chance.Next(4) == 0)
            {
                await _session.ChooseCandidateAsync("1", _session.Segments[0].Step, chance.Next(3), null, default);
            }

            var mask = _session.GetMask("1", TestSession.Size.Bounds);
            Assert.All(said, spoken => Assert.True(mask[spoken.Key] == spoken.Value, $"step {step}: {spoken.Key} should be {spoken.Value}"));
            while (masks.Count <= _session.Segments[0].Step)
            {
                masks.Add(Bits());
            }
        }

        _session.GoToStep("1", 0);
        Assert.Equal(masks[0], Bits());
        _session.Redo("1");
        _session.GoToStep("1", masks.Count - 1);
        Assert.Equal(masks[^1], Bits());
    }

    [Fact]
    public async Task A_3D_step_and_a_2D_step_honour_each_others_prompts()
    {
        var (dark, bright) = (new Ijk(15, 12, 3), new Ijk(8, 6, 3));

        await StepAsync(new PointPrompt(Polarity.Positive, dark.Centre), new SlicePlane(Axis.K, 3));
        await StepAsync(new PointPrompt(Polarity.Negative, bright.Centre), null);
        Assert.True(At(dark));
        Assert.False(At(bright));

        await StepAsync(new PointPrompt(Polarity.Positive, new VoxelPoint(5, 6, 3)), new SlicePlane(Axis.J, 6));
        Assert.False(At(bright));
    }

    [Fact]
    public async Task A_click_that_the_model_missed_is_no_single_voxel()
    {
        await StepAsync(new PointPrompt(Polarity.Positive, new VoxelPoint(15, 12, 3)), new SlicePlane(Axis.K, 3));

        // A cell of the model's grid is 20/8 voxels of 1 mm by 16/8 voxels of 2 mm; the smaller counts, half of it either side.
        Assert.True(At(new Ijk(14, 12, 3)) && At(new Ijk(15, 12, 3)) && At(new Ijk(16, 12, 3)));
        Assert.False(At(new Ijk(13, 12, 3)) || At(new Ijk(15, 11, 3)) || At(new Ijk(15, 12, 2)));
    }

    [Fact]
    public async Task The_voxels_of_others_stay_theirs_whatever_is_prompted()
    {
        var taken = new BitBlock(VoxelBox.Of(new Ijk(8, 6, 3))) { [new Ijk(8, 6, 3)] = true };
        await foreach (var _ in _session.PredictAsync(new StepRequest { SegmentId = "2", Prompts = [new MaskPrompt(taken)] }, default))
        {
        }

        await StepAsync(new PointPrompt(Polarity.Positive, new VoxelPoint(8, 6, 3)), null);
        Assert.False(At(new Ijk(8, 6, 3)));

        _session.PutSegment(new SegmentSettings("1", "", 0, "", AllowOverlap: true, Locked: false));
        await StepAsync(new PointPrompt(Polarity.Positive, new VoxelPoint(9, 6, 3)), null);
        Assert.True(At(new Ijk(8, 6, 3)));
    }

    public void Dispose() => _test.Dispose();

    private bool At(Ijk voxel) => _session.GetMask("1", TestSession.Size.Bounds)[voxel];

    private byte[] Bits() => _session.Segments.Count == 0
        ? new BitBlock(TestSession.Size.Bounds).Bits.ToArray()
        : _session.GetMask("1", TestSession.Size.Bounds).Bits.ToArray();

    private async Task StepAsync(Prompt prompt, SlicePlane? slice)
    {
        var request = new StepRequest { SegmentId = "1", Prompts = [prompt], Slice = slice, ModelId = slice is null ? null : ThreeMasksModel.Id };
        await foreach (var _ in _session.PredictAsync(request, default))
        {
        }
    }
}
