using Microsoft.ML.OnnxRuntime;

namespace SegBridge.Packages.Tests.Inference;

public sealed class OnnxRuntimeTests
{
    private static readonly float[] Weights = [1, -2, 3, 4];

    [Fact]
    public void The_native_library_has_the_version_of_the_managed_part() =>
        Assert.Equal("1.29.0", OrtEnv.Instance().GetVersionString());

    [Fact]
    public void A_model_runs_on_the_CPU()
    {
        using var options = new SessionOptions();

        Assert.Equal([7f, 6f], Run(options, [1, 2]));
        Assert.Equal([0f, 2f], Run(options, [-1, 0]));
    }

    [Fact]
    public void A_file_that_is_no_model_is_refused_with_an_exception() =>
        Assert.ThrowsAny<OnnxRuntimeException>(() => new InferenceSession([1, 2, 3, 4]));

    // Without the provider, a driver or CUDA this must end in an exception that a caller can answer by using the CPU.
    [Fact]
    public void Asking_for_CUDA_either_works_or_throws()
    {
        using var options = new SessionOptions();
        try
        {
            options.AppendExecutionProvider_CUDA(0);
            Assert.Equal([7f, 6f], Run(options, [1, 2]));
        }
        catch (OnnxRuntimeException)
        {
            using var fallback = new SessionOptions();
            Assert.Equal([7f, 6f], Run(fallback, [1, 2]));
        }
    }

    private static float[] Run(SessionOptions options, float[] input)
    {
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        using var session = new InferenceSession(TinyModel.Create(Weights), options);
        using OrtValue x = OrtValue.CreateTensorValueFromMemory(input, [1, 2]);
        using var run = new RunOptions();
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(run, ["x"], [x], ["y"]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
