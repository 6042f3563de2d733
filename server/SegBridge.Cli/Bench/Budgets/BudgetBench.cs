using SegBridge.Cli.Bench.Clicks;
using SegBridge.Cli.Bench.Floor;
using SegBridge.Cli.Bench.Peer;
using SegBridge.Cli.Bench.Report;
using SegBridge.Cli.Client;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;

namespace SegBridge.Cli.Bench.Budgets;

/// <summary>Every budget of the design, measured in one run with real server processes, and the raw parts of a click.</summary>
/// <param name="terminal">Told what is being done.</param>
/// <param name="models">The folder of bundles.</param>
/// <param name="rounds">Clicks on the small 2D model; the slower ones get fewer.</param>
internal sealed class BudgetBench(Terminal terminal, string models, int rounds)
{
    private readonly int _slowRounds = Math.Max(5, rounds / 4);
    private readonly Volume _volume = BenchVolume.Make(new VolumeSize(512, 512, 300));

    public async Task<IReadOnlyList<BenchSection>> RunAsync(CancellationToken cancellationToken)
    {
        terminal.Say("making ScribblePrompt-UNet at its published size, with made-up weights");
        using var published = PublishedModel.Make(cancellationToken);
        return
        [
            .. await ShippedAsync(cancellationToken),
            .. await PublishedAsync(published, cancellationToken),
            new BenchSection("Masks", [.. MaskBench.Run(rounds)]),
        ];
    }

    /// <summary>The shipped 2D and 3D models on one server.</summary>
    public async Task<IReadOnlyList<BenchSection>> ShippedAsync(CancellationToken cancellationToken)
    {
        using var device = InferenceDevices.Open(new InferenceSettings { Device = DevicePreference.Cpu });
        using var repository = new ModelRepository(models, device);
        await repository.WhenLoadedAsync(cancellationToken);
        await using var server = await ServerProcess.StartAsync(["--models", models, "--no-journal"], cancellationToken);
        using var connection = new ServerConnection(server.Address);
        var sections = new List<BenchSection>();
        if (ReadyOf(repository, ModelFamily.ScribblePromptUnet) is { } slices)
        {
            terminal.Say($"clicking on slices with {slices.Id}");
            var clicks = await ClickBench.RunAsync(connection, _volume, slices, null, rounds, cancellationToken);
            var memory = await OpenVolumeMemory.RunAsync(server, connection, _volume, slices.Id, cancellationToken);
            var strokes = await StrokeBytes.RunAsync(connection, _volume, slices.Id, cancellationToken);
            sections.Add(new BenchSection($"2D model {slices.Id}, a volume of 512×512×300 open", [.. clicks.BudgetRows(), strokes, memory]));
            sections.Add(new BenchSection($"A click on {slices.Id} in its parts", [.. clicks.RawRows(), .. Roofline.Of(slices)]));
        }

        if (ReadyOf(repository, ModelFamily.Prism) is { } volumes)
        {
            terminal.Say($"clicking in the volume with {volumes.Id}");
            var clicks = await VolumeClickBench.RunAsync(connection, _volume, volumes, _slowRounds, cancellationToken);
            sections.Add(new BenchSection($"3D model {volumes.Id}, a volume of 512×512×300 (157 MB)", [.. clicks.BudgetRows()]));
            sections.Add(new BenchSection($"A click on {volumes.Id} in its parts", [.. clicks.RawRows()]));
        }

        return sections;
    }

    private async Task<IReadOnlyList<BenchSection>> PublishedAsync(PublishedModel published, CancellationToken cancellationToken)
    {
        using var device = InferenceDevices.Open(new InferenceSettings { Device = DevicePreference.Cpu });
        using var repository = new ModelRepository(published.Folder, device);
        await repository.WhenLoadedAsync(cancellationToken);
        await using var server = await ServerProcess.StartAsync(["--models", published.Folder, "--no-journal"], cancellationToken);
        using var connection = new ServerConnection(server.Address);
        using var peer = TorchPeer.TryStart();
        terminal.Say($"clicking with it{(peer is null ? "" : $", beside PyTorch {peer.Version}")}");
        var bundle = repository.Bundles[0];
        var clicks = await ClickBench.RunAsync(connection, _volume, bundle, peer, _slowRounds, cancellationToken);
        var note = peer is null
            ? "Not compared with PyTorch: /usr/bin/python3 has no torch, or the training code is not there."
            : $"PyTorch {peer.Version} runs our reference implementation; its network alone is timed, of ours the whole click.";
        return
        [
            new BenchSection("2D model of the published size (ScribblePrompt-UNet, made-up weights)", [.. clicks.BudgetRows()], note),
            new BenchSection("A click on it in its parts", [.. clicks.RawRows(), .. Roofline.Of(bundle)]),
        ];
    }

    private static ModelBundle? ReadyOf(ModelRepository repository, ModelFamily family) =>
        repository.Bundles.FirstOrDefault(bundle => bundle.State == BundleState.Ready && bundle.Manifest!.Family == family);
}
