using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using SegBridge.Models.Import.Checkpoints;

namespace SegBridge.Models.Tests.Import.Checkpoints;

public sealed class PyTorchFileTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private string Path => System.IO.Path.Combine(_scratch.Path, "a.pt");

    [Fact]
    public void A_bare_state_dict_gives_its_tensors()
    {
        new TorchFile().Tensor("a.weight", [1, 2, 3, 4, 5, 6], 2, 3).Tensor("a.bias", [7], 1).Tensor("scalar", [8]).Save(Path);

        using var checkpoint = CheckpointFile.Open(Path);

        Assert.Equal(["a.weight", "a.bias", "scalar"], checkpoint.Tensors.Keys);
        Assert.Equal([2, 3], checkpoint.Tensors["a.weight"].Shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], Values(checkpoint, "a.weight"));
        Assert.Equal([8], Values(checkpoint, "scalar"));
        Assert.Empty(checkpoint.Unwrapped);
    }

    [Theory]
    [InlineData("model", "")]
    [InlineData("model_state_dict", "module.")]
    [InlineData("state_dict", "_orig_mod.")]
    [InlineData("model/state_dict", "_orig_mod.module.")]
    [InlineData("", "module._orig_mod.")]
    public void Known_wrappers_and_prefixes_are_taken_off_and_named(string wrappers, string prefix)
    {
        var names = wrappers.Split('/', StringSplitOptions.RemoveEmptyEntries);
        new TorchFile().Tensor($"{prefix}w", [1]).Tensor($"{prefix}v", [2]).Save(Path, names);

        using var checkpoint = CheckpointFile.Open(Path);

        Assert.Equal(["w", "v"], checkpoint.Tensors.Keys);
        Assert.Equal(string.Concat(names) + prefix, string.Concat(checkpoint.Unwrapped));
    }

    [Fact]
    public void A_prefix_that_not_all_names_have_belongs_to_the_network()
    {
        new TorchFile().Tensor("module.w", [1]).Tensor("v", [2]).Save(Path);

        using var checkpoint = CheckpointFile.Open(Path);

        Assert.Equal(["module.w", "v"], checkpoint.Tensors.Keys);
    }

    [Fact]
    public void Training_state_beside_the_network_is_left_alone()
    {
        new TorchFile().Tensor("w", [3]).Save(Path, ["model_state_dict"], file =>
        [
            ("epoch", pickle => pickle.Whole(77)),
            // numpy.core.multiarray.scalar(numpy.dtype("f8", False, True), encode("...", "latin1"))
            ("best_val_loss", pickle => pickle.Global("numpy.core.multiarray", "scalar").Op('(')
                .Global("numpy", "dtype").Op('(').Text("f8").Raw(0x89, 0x88).Op('t').Op('R')
                .Op('(').Whole(3).Text("<").Raw((byte)'N', (byte)'N', (byte)'N').Whole(-1).Whole(-1).Whole(0).Op('t').Op('b')
                .Global("_codecs", "encode").Op('(').Text("\0\0\0\0\0\0\u00F8?").Text("latin1").Op('t').Op('R').Op('t').Op('R')),
            ("optimizer", pickle => pickle.Global("torch.optim.adamw", "AdamW").Op(')').Raw(0x81)
                .Dict([("state", inner => inner.Tensor("LongStorage", file.Storage(new byte[8]), 1, 0, [], []))]).Op('b')),
        ]);

        using var checkpoint = CheckpointFile.Open(Path);

        Assert.Equal([3], Values(checkpoint, "w"));
        Assert.Equal(["torch.optim.adamw.AdamW"], checkpoint.Unread);
    }

    [Theory]
    [InlineData("FloatStorage", new byte[] { 0, 0, 0x40, 0xC0, 0, 0, 0x20, 0x3F })]
    [InlineData("DoubleStorage", new byte[] { 0, 0, 0, 0, 0, 0, 8, 0xC0, 0, 0, 0, 0, 0, 0, 0xE4, 0x3F })]
    [InlineData("HalfStorage", new byte[] { 0, 0xC2, 0, 0x39 })]
    [InlineData("BFloat16Storage", new byte[] { 0x40, 0xC0, 0x20, 0x3F })]
    public void All_floating_types_become_float32(string storage, byte[] bytes)
    {
        var file = new TorchFile();
        var key = file.Storage(bytes);
        file.Value("w", pickle => pickle.Tensor(storage, key, 2, 0, [2], [1])).Save(Path);

        using var checkpoint = CheckpointFile.Open(Path);

        Assert.Equal([-3, 0.625f], Values(checkpoint, "w"));
    }

    [Fact]
    public void Views_share_a_storage_and_may_be_transposed()
    {
        var file = new TorchFile();
        var key = file.Storage(MemoryMarshal.AsBytes<float>([0, 1, 2, 3, 4, 5, 6, 7]).ToArray());
        file.Value("transposed", pickle => pickle.Tensor("FloatStorage", key, 8, 2, [2, 3], [1, 2]))
            .Value("column", pickle => pickle.Tensor("FloatStorage", key, 8, 1, [4], [2])).Save(Path);

        using var checkpoint = CheckpointFile.Open(Path);

        Assert.Equal([2, 4, 6, 3, 5, 7], Values(checkpoint, "transposed"));
        Assert.Equal([1, 3, 5, 7], Values(checkpoint, "column"));
    }

    [Theory]
    [InlineData(8, 0, new long[] { 9 }, new long[] { 1 }, "does not fit into its 8 stored elements")]
    [InlineData(8, 7, new long[] { 2 }, new long[] { 1 }, "does not fit")]
    [InlineData(8, -1, new long[] { 2 }, new long[] { 1 }, "does not fit")]
    [InlineData(8, 0, new long[] { 2 }, new long[] { -1 }, "does not fit")]
    [InlineData(8, 0, new long[] { -2 }, new long[] { 1 }, "does not fit")]
    [InlineData(8, 0, new long[] { 1L << 40, 1L << 40 }, new long[] { 0, 0 }, "does not fit")]
    [InlineData(8, 0, new long[] { long.MaxValue, 2, 2 }, new long[] { long.MaxValue, 1, 1 }, "does not fit")]
    [InlineData(8, 0, new long[] { 3, 3 }, new long[] { 1, 1 }, "does not fit")]
    [InlineData(9, 0, new long[] { 1 }, new long[] { 1 }, "32 bytes; 9 elements of Float32 are announced")]
    [InlineData(-1, 0, new long[] { 1 }, new long[] { 1 }, "are announced")]
    public void A_tensor_that_leaves_its_storage_is_refused(long count, long offset, long[] shape, long[] strides, string reason)
    {
        var file = new TorchFile();
        var key = file.Storage(new byte[32]);
        file.Value("w", pickle => pickle.Tensor("FloatStorage", key, count, offset, shape, strides)).Save(Path);

        Assert.Contains(reason, Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_storage_is_found_by_its_checksum()
    {
        new TorchFile().Tensor("w", [1.25f, 2.5f, 5.75f], 3).Save(Path);
        var bytes = File.ReadAllBytes(Path);
        var place = bytes.AsSpan().IndexOf(MemoryMarshal.AsBytes<float>([1.25f, 2.5f, 5.75f]));
        bytes[place + 2] ^= 1;
        File.WriteAllBytes(Path, bytes);

        using var checkpoint = CheckpointFile.Open(Path);

        var exception = Assert.Throws<CheckpointException>(() => Values(checkpoint, "w"));
        Assert.Contains("\"archive/data/0\" does not have the checksum", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compressed_file_is_refused_with_the_way_out()
    {
        new TorchFile { Compression = CompressionLevel.Optimal }.Tensor("w", new float[1000], 1000).Save(Path);

        Assert.Contains("is compressed or encrypted", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_storage_is_refused()
    {
        new TorchFile().Value("w", pickle => pickle.Tensor("FloatStorage", "5", 1, 0, [1], [1])).Save(Path);

        Assert.Contains("the storage \"5\" of a tensor is missing", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_other_kinds_are_refused_by_what_they_are()
    {
        File.WriteAllBytes(Path, [0x80, 2, 0x8A, 10, 0x6C, 0xFC]);
        Assert.Contains("a bare pickle, as PyTorch wrote before version 1.6", Refusal(), StringComparison.Ordinal);
        File.WriteAllBytes(Path, [.. new byte[257], .. "ustar"u8, .. new byte[300]]);
        Assert.Contains("a tar file of a very old PyTorch", Refusal(), StringComparison.Ordinal);
        File.WriteAllText(Path, "hello");
        Assert.Contains("the file is no checkpoint", Refusal(), StringComparison.Ordinal);
        File.WriteAllBytes(Path, []);
        Assert.Contains("the file is no checkpoint", Refusal(), StringComparison.Ordinal);
        new TorchFile().Tensor("w", [1]).Entry("constants.pkl", []).Save(Path);
        Assert.Contains("a TorchScript program", Refusal(), StringComparison.Ordinal);
        new TorchFile().Tensor("w", [1]).Entry("byteorder", Encoding.ASCII.GetBytes("big")).Save(Path);
        Assert.Contains("big-endian", Refusal(), StringComparison.Ordinal);
        using (var zip = new ZipArchive(File.Create(Path), ZipArchiveMode.Create))
        {
            zip.CreateEntry("word/document.xml");
        }

        Assert.Contains("it is no file of torch.save", Refusal(), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<CheckpointException>(() => CheckpointFile.Open(Path + ".gone")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_without_tensors_says_what_it_has()
    {
        new TorchFile().Value("epoch", pickle => pickle.Whole(3)).Value("weights", pickle => pickle.Dict([])).Save(Path);

        Assert.Contains("it has epoch, weights", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_networks_in_one_file_are_not_guessed_about()
    {
        var file = new TorchFile();
        var key = file.Storage(new byte[4]);
        Action<PickleWriter> network = pickle => pickle.Dict([("w", inner => inner.Tensor("FloatStorage", key, 1, 0, [1], [1]))]);
        file.Value("model", network).Value("state_dict", network).Save(Path);

        Assert.Contains("in \"state_dict\" and in \"model\"", Refusal(), StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();

    private static float[] Values(Checkpoint checkpoint, string name)
    {
        var values = new float[checkpoint.Tensors[name].Count];
        checkpoint.Tensors[name].CopyTo(values);
        return values;
    }

    private string Refusal() => Assert.Throws<CheckpointException>(() => CheckpointFile.Open(Path).Dispose()).Message;
}
