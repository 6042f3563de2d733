using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using SegBridge.Models.Bundles;
using SegBridge.Models.Bundles.Manifests;
using SegBridge.Models.Import.Graphs;
using SegBridge.Models.Inference;

namespace SegBridge.Models.Tests.Bundles;

/// <summary>Files of bundles as people and their tools leave them.</summary>
public sealed class BundleFileTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly InferenceDevice _device = new(InferenceDevice.Cpu);
    private readonly Lazy<ModelRepository> _repository;

    public BundleFileTests() => _repository = new Lazy<ModelRepository>(() => new ModelRepository(_scratch.Path, _device));

    private ModelRepository Repository => _repository.Value;

    public void Dispose()
    {
        Repository.Dispose();
        _device.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void A_part_that_is_a_link_is_the_file_it_leads_to_and_is_noticed_when_that_changes()
    {
        var part = Directory.GetFiles(_scratch.AddBundle("linked"), "*.onnx").Single();
        var store = Directory.CreateDirectory(Path.Combine(_scratch.Path, ".store")).FullName;
        var weights = Path.Combine(store, "weights");
        File.Move(part, weights);
        File.CreateSymbolicLink(part, weights);
        Assert.Equal(BundleState.Ready, Repository.Get("linked").State);

        File.AppendAllText(weights, "more");

        Assert.Contains("bytes, the manifest says", Refusal("linked"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", "is missing")]
    [InlineData("itself.onnx", "Too many levels of symbolic links")]
    public void A_part_that_is_a_link_to_nothing_is_refused(string target, string reason)
    {
        var part = Directory.GetFiles(_scratch.AddBundle("lost"), "*.onnx").Single();
        File.Delete(part);
        File.CreateSymbolicLink(Path.Combine(Path.GetDirectoryName(part)!, "itself.onnx"), part);
        File.CreateSymbolicLink(part, target);

        Assert.Contains(reason, Refusal("lost"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_in_the_place_of_a_file_holds_nobody_up()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var manifest = Path.Combine(_scratch.AddBundle("no-manifest"), "model.json");
        var part = Directory.GetFiles(_scratch.AddBundle("no-part"), "*.onnx").Single();
        // It need not say how long the part is.
        var other = Path.Combine(_scratch.Path, "no-part", "model.json");
        File.WriteAllText(other, Regex.Replace(File.ReadAllText(other), "\"bytes\": [0-9]+,", ""));
        foreach (var file in (string[])[manifest, part])
        {
            File.Delete(file);
            Process.Start("mkfifo", file).WaitForExit();
        }

        Assert.Contains("has 0 bytes", Refusal("no-manifest"), StringComparison.Ordinal);
        Assert.Contains("empty", Refusal("no-part"), StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_in_another_file_which_no_hash_covers_and_weights_that_are_no_numbers_are_refused()
    {
        var whole = File.ReadAllBytes(Directory.GetFiles(_scratch.AddBundle("whole"), "*.onnx").Single());
        var manifest = File.ReadAllText(Path.Combine(_scratch.Path, "whole", "model.json"));
        string Changed(string id, Func<byte[], byte[]> change)
        {
            var file = Path.Combine(_scratch.Path, id + ".changed");
            File.WriteAllBytes(file, change([.. whole]));
            TestBundle.Write(_scratch.Path, id, manifest, ("unet", file));
            return Refusal(id);
        }

        Assert.Contains("keeps weights in another file", Changed("elsewhere", bytes => [.. bytes, 10, 8, .. "location"u8, 18, 1, (byte)'x']), StringComparison.Ordinal);
        Assert.Contains("no numbers", Changed("damaged", WithoutNumbers), StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_may_begin_with_a_byte_order_mark()
    {
        var file = Path.Combine(_scratch.AddBundle("marked"), ManifestParser.FileName);
        File.WriteAllText(file, File.ReadAllText(file), new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true));

        Assert.Equal("marked", ManifestParser.Read(Path.GetDirectoryName(file)!).Id);
    }

    private static byte[] WithoutNumbers(byte[] onnx)
    {
        var graph = WireReader.Fields(onnx).Single(field => field.Number == OnnxFields.ModelGraph).Bytes;
        foreach (var weight in WireReader.Fields(graph).Where(field => field.Number == OnnxFields.GraphInitializer))
        {
            // Shapes are shorter than weights.
            foreach (var raw in WireReader.Fields(weight.Bytes).Where(field => field.Number == OnnxFields.TensorRawData && field.Bytes.Length > 64))
            {
                Assert.True(MemoryMarshal.TryGetArray(raw.Bytes, out var bytes));
                bytes.AsSpan().Fill(0xFF);
            }
        }

        return onnx;
    }

    private string Refusal(string id)
    {
        Assert.Throws<ModelRefusedException>(() => Repository.Get(id));
        return Repository.Bundles.Single(bundle => bundle.Id == id).Reason!;
    }
}
