using SegBridge.Cli.Cases;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Demo.Volumes;
using SegBridge.Cli.Phantom;
using SegBridge.Cli.Simulation;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;

namespace SegBridge.Cli.Tests.Demo.Volumes;

public sealed class VolumeDemoRunTests
{
    [Fact]
    public async Task The_reader_prompts_judges_the_proposals_and_chooses_where_another_is_better()
    {
        var (image, label) = CtPhantom.Make(1, new VolumeSize(160, 160, 32));
        var labelled = new LabelledCase("phantom", image, label, null, Modality.CT);
        await using var server = await LocalServer.StartAsync();
        await using var lease = ServerLease.Of(LocalServer.AddressOf(server));
        var run = new VolumeDemoRun(labelled, VolumeRadiologist.Named("prism-ultra"), steps: 3, seed: 1, "tumour-3d");
        var shown = new ShownSlices(labelled, 2);
        await run.PlayAsync(lease, shown.Add, _ => { }, CancellationToken.None);

        var predicted = run.Events.Where(done => done.Event == "prompts").ToArray();
        Assert.Equal([1, 2, 3], predicted.Select(done => done.Step));
        Assert.All(predicted, done => Assert.Equal(3, done.Candidates.Count));
        Assert.True(run.Events[^1].Dice > predicted[0].Dice, "corrections correct");
        Assert.Equal(run.Events[^1].Dice, Overlap.Dice(run.Mask, labelled.Truth()), 1e-4);
        var choice = run.Events.SingleOrDefault(done => done.Event == "choice");
        if (choice is not null)
        {
            var made = predicted[choice.Step - 1];
            Assert.Equal(made.Candidates.MaxBy(candidate => candidate.Dice)!.Index, choice.Chosen);
            Assert.NotEqual(made.Chosen, choice.Chosen);
        }

        var rows = shown.Rows(null).ToList();
        Assert.Equal(4, rows.Count);
        Assert.All(rows, row => Assert.Equal(3, row.Steps.Count));
        // Somebody else's server is not killed.
        Assert.DoesNotContain(run.Events, done => done.Event == "resumed");
    }

    [Theory]
    [InlineData("demo --protocol center-clicks", "--family 3d, which takes prism-ultra or prism-plain")]
    [InlineData("demo --family 2d --protocol prism-plain", "--family 2d, which takes centerline-scribbles or line-scribbles")]
    [InlineData("demo --family 4d", "4d")]
    [InlineData("demo --volume a.nii.gz", "--volume and --label belong together")]
    public void Wrong_usage_is_said_in_one_line(string arguments, string message) =>
        Assert.Contains(CommandTree.Complaints(CommandTree.Build().Parse(arguments)), complaint =>
            complaint.Contains(message, StringComparison.Ordinal) && !complaint.Contains('\n', StringComparison.Ordinal));
}
