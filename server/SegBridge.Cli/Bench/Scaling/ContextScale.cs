using SegBridge.Cli.Bench.Clicks;
using SegBridge.Cli.Bench.Report;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Bench.Scaling;

/// <summary>A mask without a prompt by the number of examples in its task, of which the server takes as many as it has time for.</summary>
internal static class ContextScale
{
    private const int Most = 64;
    private const string Segment = "scale";

    public static async Task<BenchSection> RunAsync(ScaleServer server, int rounds, CancellationToken cancellationToken)
    {
        var model = await server.ContextModelAsync(cancellationToken);
        var volume = BenchVolume.Make(new VolumeSize(256, 256, 2 * Most));
        await using var session = await ClientSession.OpenAsync(
            server.Connection, volume, BrickShape.For([Axis.K]), null, model.Id, cancellationToken);
        var task = await server.Connection.Tasks.CreateTaskAsync(new V1.CreateTaskRequest { Name = Segment }, cancellationToken: cancellationToken);
        var rows = new List<BenchRow>();
        for (var examples = 1; examples <= Most; examples *= 2)
        {
            for (var k = examples / 2; k < examples; k++)
            {
                await AddAsync(server, session, task.Id, volume.Geometry.Size, k, cancellationToken);
            }

            var times = new List<double>();
            for (var round = -1; round < Math.Max(3, rounds / 4); round++)
            {
                var request = new V1.PredictRequest { SegmentId = "asked", Slice = new SlicePlane(Axis.K, Most + 10).ToWire(), TaskId = task.Id };
                var step = await session.PredictAsync(request, cancellationToken);
                if (round >= 0)
                {
                    times.Add(step.TotalMs);
                }
            }

            rows.Add(BenchRow.Of($"{examples} examples", times, BenchRow.Ms));
        }

        return new BenchSection("A proposal by the examples of its task", rows, "The server takes as many examples as fit into the time that a reader waits.");
    }

    // A square on a slice, drawn by the user, becomes an example.
    private static async Task AddAsync(
        ScaleServer server, ClientSession session, string taskId, VolumeSize size, int k, CancellationToken cancellationToken)
    {
        var box = VoxelBox.At(new Ijk(size.I / 3, size.J / 3, k), new VolumeSize(size.I / 3, size.J / 3, 1));
        var square = BitBlock.FromVoxels(box, [.. Enumerable.Repeat((byte)1, (int)box.VoxelCount)]);
        var (slice, mask) = (new SlicePlane(Axis.K, k), new V1.Prompt { Mask = new V1.MaskPrompt { Mask = square.ToWire() } });
        await session.PredictAsync(Segment, [mask], slice, null, cancellationToken);
        var request = new V1.AddExamplesRequest { TaskId = taskId, SessionId = session.Id, SegmentId = Segment, Slices = { slice.ToWire() } };
        await server.Connection.Tasks.AddExamplesAsync(request, cancellationToken: cancellationToken);
    }
}
