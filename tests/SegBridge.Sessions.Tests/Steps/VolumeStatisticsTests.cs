using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Models.Bundles;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Sessions.Tests.Steps;

/// <summary>3D models that are normalised by statistics of the whole volume.</summary>
public sealed class VolumeStatisticsTests
{
    private const int Size = 8;

    private static readonly VolumeGeometry Geometry = VolumeGeometry.AxisAligned(new VolumeSize(64, 16, 16), new Spacing(1, 1, 1));

    private readonly FieldModel _model = new(
        new InputGrid([Size, Size, Size], [1, 1, 1], 1), new ZScoreRule { ClipOfVolume = true, MeanOfVolume = true, DeviationOfVolume = true });

    [Fact]
    public async Task Those_that_the_client_sent_go_before_all_others()
    {
        using var session = Session(new IntensityStatistics(0, 630, 100, 10, 50, 150));

        await session.StepAsync(Click(12));

        // The value of a voxel is 10 i; the patch around i = 12 starts at 8 or 9.
        Assert.InRange(_model.Patches[0].Voxels.Span.ToArray().Min(), -2, -1);
        Assert.InRange(_model.Patches[0].Voxels.Span.ToArray().Max(), 4.9, 5);
    }

    [Fact]
    public async Task Without_them_the_first_steps_voxels_decide_for_the_whole_session()
    {
        using var session = Session(null);

        await session.StepAsync(Click(12));
        await session.StepAsync(Click(13));
        await session.StepAsync(Click(50, Polarity.Negative));
        session.Undo();
        session.Undo();
        session.Undo();
        await session.StepAsync(Click(50));

        // The first patch has about mean 0; far to the right everything is above what it was clipped to.
        Assert.Equal(3, _model.Patches.Count);
        Assert.InRange(_model.Patches[0].Voxels.Span.ToArray().Average(), -0.2, 0.2);
        Assert.InRange(_model.Patches[^1].Voxels.Span.ToArray().Min(), 1, 3);
    }

    private FieldSession Session(IntensityStatistics? statistics) =>
        new(Geometry, at => 10 * at.L, new SessionModel.OnVolume(_model), statistics);

    private static PointPrompt Click(int i, Polarity polarity = Polarity.Positive) => new(polarity, new VoxelPoint(i, 8, 8));
}
