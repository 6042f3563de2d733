using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;

namespace SegBridge.Cli.Bench.Floor;

/// <summary>The roof: what these cores multiply and add in a large matrix product, through the same ONNX Runtime.</summary>
internal sealed class MatrixProduct : IDisposable
{
    private const int Side = 1024;

    // c = a × b of n × n matrices, as an ONNX file.
    private const string Model =
        "CAgSADphChEKAWEKAWISAWMiBk1hdE11bBIHcHJvZHVjdFoVCgFhEhAKDggBEgoKAxIBbgoDEgFuWhUKAWISEAoOCAESCgoDEgFuCgMSAW5iFQoBYxIQCg4IARIKCgMSAW4KAxIBbkIECgAQEQ==";

    private readonly SessionOptions _options = OnnxThreads.Options();
    private readonly RunOptions _run = new();
    private readonly InferenceSession _session;
    private readonly OrtValue _left = Matrix();
    private readonly OrtValue _right = Matrix();
    private readonly OrtValue _product = Matrix();

    public MatrixProduct() => _session = new InferenceSession(Convert.FromBase64String(Model), _options);

    /// <summary>Multiplies once.</summary>
    /// <returns>Billions of multiplications with their additions in a second.</returns>
    public double GigaMacsPerSecond()
    {
        var start = Stopwatch.GetTimestamp();
        _session.Run(_run, ["a", "b"], [_left, _right], ["c"], [_product]);
        return (double)Side * Side * Side / 1e9 / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose()
    {
        foreach (IDisposable held in (IDisposable[])[_left, _right, _product, _session, _run, _options])
        {
            held.Dispose();
        }
    }

    private static OrtValue Matrix()
    {
        var values = new float[Side * Side];
        Array.Fill(values, 1f / Side);
        return OrtValue.CreateTensorValueFromMemory(values, [Side, Side]);
    }
}
