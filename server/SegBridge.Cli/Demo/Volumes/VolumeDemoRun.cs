using System.Diagnostics;
using SegBridge.Cli.Cases;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Play;
using SegBridge.Cli.Simulation;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Demo.Volumes;

/// <summary>
/// Plays the reader of a volume: prompts and corrects; overrules the server once, when another proposal is better; and in
/// the middle the server is killed and the session taken up again in a new one, where the server is ours to kill.
/// </summary>
internal sealed class VolumeDemoRun(LabelledCase labelled, VolumeRadiologist reader, int steps, int seed, string model)
{
    private const string Segment = "tumour";

    // Less is within what refinement changes.
    private const double ClearlyBetter = 0.001;

    private readonly VolumeMask _truth = labelled.Truth();
    private readonly List<VolumeDemoStep> _events = [];

    public IReadOnlyList<VolumeDemoStep> Events => _events;

    /// <summary>The mask at the end.</summary>
    public VolumeMask Mask { get; private set; } = new(labelled.Image.Geometry.Size);

    /// <summary>Bytes sent to all servers.</summary>
    public long SentBytes { get; private set; }

    /// <summary>What a resumed session could not recover; empty when everything was recovered or nothing was resumed.</summary>
    public string Lost { get; private set; } = "";

    /// <param name="lease">The server; its connection changes when it is killed.</param>
    /// <param name="drawn">Called after each step with what was drawn and the mask.</param>
    /// <param name="report">Called after each event.</param>
    /// <param name="cancellationToken">Stops between and within steps.</param>
    /// <exception cref="UserException">The resumed session has another mask.</exception>
    public async Task PlayAsync(
        ServerLease lease, Action<VolumePrompts, VolumeMask> drawn, Action<VolumeDemoStep> report, CancellationToken cancellationToken)
    {
        void Add(VolumeDemoStep done)
        {
            _events.Add(done);
            report(done);
        }

        var random = new Random(seed * 7919);
        var session = await ClientSession.OpenAsync(
            lease.Connection, labelled.Image, BrickShape.Cube, null, model, cancellationToken, labelled.Modality);
        try
        {
            for (var step = 1; step <= steps; step++)
            {
                var mask = session.MaskOf(Segment);
                var prompts = step == 1
                    ? reader.Start(_truth, labelled.Image.Geometry, random)
                    : reader.Correct(_truth, mask, labelled.Image.Geometry, random);
                if (prompts is null)
                {
                    break;
                }

                var (made, number) = await PredictAsync(session, step, prompts, cancellationToken);
                Add(made);
                if (!_events.Exists(done => done.Event == "choice") && Better(made) is { } better)
                {
                    var answer = await session.ChooseAsync(Segment, number, better, cancellationToken);
                    Add(VolumeDemoStep.Of(step, "choice", 0, Overlap.Dice(mask, _truth), answer, made.Candidates, better));
                }

                drawn(prompts, session.MaskOf(Segment));
                if (lease.IsOwn && step == Math.Max(1, steps / 2))
                {
                    (session, var resumed) = await KillAndResumeAsync(lease, session, step, cancellationToken);
                    Add(resumed);
                }
            }

            Mask = session.MaskOf(Segment);
            SentBytes += lease.Connection.Bytes.Up;
        }
        finally
        {
            await session.DisposeAsync();
        }
    }

    private async Task<(VolumeDemoStep Made, int Number)> PredictAsync(
        ClientSession session, int step, VolumePrompts prompts, CancellationToken cancellationToken)
    {
        var request = new V1.PredictRequest { SegmentId = Segment, ReturnCandidates = true };
        request.Prompts.AddRange(VolumePromptMessages.Of(prompts));
        var answer = await session.PredictAsync(request, cancellationToken);
        var candidates = answer.Candidates?.All.Select(candidate => new JudgedCandidate(
            candidate.Index, Math.Round(candidate.Confidence, 4), Math.Round(Overlap.Dice(candidate.Mask, _truth), 4))).ToArray() ?? [];
        var dice = Overlap.Dice(session.MaskOf(Segment), _truth);
        return (VolumeDemoStep.Of(step, "prompts", prompts.Count, dice, answer, candidates, answer.Candidates?.Chosen ?? 0), answer.Step);
    }

    // The proposal that is clearly better than the one that the server chose; null when there is none.
    private static int? Better(VolumeDemoStep made)
    {
        var best = made.Candidates.MaxBy(candidate => candidate.Dice);
        var chosen = made.Candidates.FirstOrDefault(candidate => candidate.Index == made.Chosen);
        return best is not null && chosen is not null && best.Dice > chosen.Dice + ClearlyBetter ? best.Index : null;
    }

    private async Task<(ClientSession Session, VolumeDemoStep Resumed)> KillAndResumeAsync(
        ServerLease lease, ClientSession session, int step, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var before = session.MaskOf(Segment);
        SentBytes += lease.Connection.Bytes.Up;
        await lease.ReplaceKilledAsync(cancellationToken);
        (var resumed, Lost) = await ClientSession.ResumeAsync(lease.Connection, labelled.Image, session.Id, cancellationToken);
        var after = resumed.MaskOf(Segment);
        var box = before.BoundingBox;
        if (after.BoundingBox != box || !after.Read(box).Bits.SequenceEqual(before.Read(box).Bits))
        {
            throw new UserException($"the resumed session has another mask: {after.Count} voxels, there were {before.Count}. {Lost}".TrimEnd());
        }

        var confidence = _events[^1].Confidence;
        return (resumed, new VolumeDemoStep(
            step, "resumed", 0, Math.Round(Overlap.Dice(after, _truth), 4), confidence, 0, Math.Round(clock.Elapsed.TotalMilliseconds, 2),
            lease.Connection.Bytes.Up, lease.Connection.Bytes.Down, [], 0));
    }
}
