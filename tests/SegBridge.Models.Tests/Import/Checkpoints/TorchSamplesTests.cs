using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SegBridge.Models.Import.Checkpoints;
using SegBridge.Models.Tests.Inference;

namespace SegBridge.Models.Tests.Import.Checkpoints;

/// <summary>Files that PyTorch itself wrote.</summary>
public sealed class TorchSamplesTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    [PyTorchFact]
    public void Files_of_PyTorch_give_their_values_or_are_refused_for_what_they_are()
    {
        WriteSamples(_scratch.Path);

        using (var training = CheckpointFile.Open(In("training.pth.tar")))
        {
            Assert.Equal(["model_state_dict", "_orig_mod.", "module."], training.Unwrapped);
            Assert.Contains("1.num_batches_tracked", training.Tensors.Keys);
            Assert.Equal(ElementType.Int64, training.Tensors["1.num_batches_tracked"].Type);
            Assert.Contains("torch.optim.adamw.AdamW", training.Unread);
            RequireValues(training, "training", 9);
        }

        foreach (var protocol in (int[])[2, 3, 4, 5])
        {
            using var types = CheckpointFile.Open(In($"types-{protocol}.pt"));
            Assert.Equal([4, 2, 3], types.Tensors["transposed"].Shape);
            Assert.Equal([0, 5], types.Tensors["empty"].Shape);
            RequireValues(types, "types", 8);
        }

        Assert.Contains("PyTorch wrote before version 1.6", Refusal("old.pt"), StringComparison.Ordinal);
        Assert.Contains("\"posix.system\"", Refusal("evil.pt"), StringComparison.Ordinal);
        Assert.Contains("TorchScript", Refusal("script.pt"), StringComparison.Ordinal);
        Assert.False(File.Exists(In("sprung")));
    }

    public void Dispose() => _scratch.Dispose();

    private static void WriteSamples(string folder, [CallerFilePath] string here = "")
    {
        var start = new ProcessStartInfo("/usr/bin/python3", [Path.Combine(Path.GetDirectoryName(here)!, "torch_samples.py"), folder]) { RedirectStandardError = true };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
    }

    private void RequireValues(Checkpoint checkpoint, string expected, int count)
    {
        var files = Directory.GetFiles(In(expected), "*.bin");
        Assert.Equal(count, files.Length);
        foreach (var file in files)
        {
            var tensor = checkpoint.Tensors[Path.GetFileNameWithoutExtension(file)];
            var values = new float[tensor.Count];
            tensor.CopyTo(values);
            Assert.Equal(MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(file)).ToArray(), values);
        }
    }

    private string In(string name) => Path.Combine(_scratch.Path, name);

    private string Refusal(string name) => Assert.Throws<CheckpointException>(() => CheckpointFile.Open(In(name)).Dispose()).Message;
}
