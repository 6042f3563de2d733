using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using SegBridge.Cli.Bench.Floor;
using SegBridge.Cli.CommandLine;
using SegBridge.Models.Bundles;

namespace SegBridge.Cli.Bench.Clicks;

/// <summary>The floor: the network of a 2D bundle run by ONNX Runtime alone, on as many threads as the server uses.</summary>
internal sealed class BareNetwork : IDisposable
{
    private readonly string _file;
    private readonly InferenceSession _session;
    private readonly SessionOptions _options;
    private readonly OrtValue _input;
    private readonly OrtValue _output;
    private readonly RunOptions _run = new();

    /// <exception cref="UserException">The bundle is not of a family that this bench knows.</exception>
    public BareNetwork(ModelBundle bundle)
    {
        if (bundle.Manifest is not { Family: ModelFamily.ScribblePromptUnet } manifest)
        {
            throw new UserException($"the bench runs bundles of the ScribblePrompt-UNet family; {bundle.Id} is none");
        }

        _file = Path.Combine(bundle.Folder, manifest.Parts[0].File);
        _options = OnnxThreads.Options();
        _session = new InferenceSession(_file, _options);
        long[] input = [1, manifest.Input.Channels, manifest.Input.Size[0], manifest.Input.Size[1]];
        var chance = new Random(1);
        var values = new float[input.Aggregate(1L, (product, side) => product * side)];
        for (var n = 0; n < values.Length; n++)
        {
            values[n] = chance.NextSingle();
        }

        _input = OrtValue.CreateTensorValueFromMemory(values, input);
        _output = OrtValue.CreateTensorValueFromMemory(new float[input[2] * input[3]], [1, 1, input[2], input[3]]);
    }

    /// <summary>Multiplications and additions of one run, in billions.</summary>
    public double GigaMacs() => MacCount.Of(_file, _session.InputNames[0], _input) / 1e9;

    /// <summary>Runs it once.</summary>
    /// <returns>Milliseconds.</returns>
    public double Run()
    {
        var start = Stopwatch.GetTimestamp();
        _session.Run(_run, [_session.InputNames[0]], [_input], [_session.OutputNames[0]], [_output]);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public void Dispose()
    {
        _run.Dispose();
        _input.Dispose();
        _output.Dispose();
        _session.Dispose();
        _options.Dispose();
    }
}
