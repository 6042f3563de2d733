using SegBridge.Models.Import.Checkpoints;

namespace SegBridge.Models.Tests.Import.Checkpoints;

/// <summary>Pickles that would run something in Python are data here, and are refused by name.</summary>
public sealed class MaliciousPickleTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private string Trap => Path.Combine(_scratch.Path, "sprung");

    [Theory]
    [InlineData("os", "system")]
    [InlineData("posix", "system")]
    [InlineData("nt", "system")]
    [InlineData("subprocess", "Popen")]
    [InlineData("builtins", "eval")]
    [InlineData("builtins", "exec")]
    [InlineData("__builtin__", "getattr")]
    [InlineData("builtins", "__import__")]
    [InlineData("importlib", "import_module")]
    [InlineData("runpy", "_run_code")]
    [InlineData("webbrowser", "open")]
    [InlineData("torchvision_evil", "x")]
    [InlineData("__main__", "Network")]
    public void A_call_that_no_checkpoint_needs_refuses_the_file_by_name(string module, string name)
    {
        var command = $"touch {Trap}";
        var message = Refusal(file => file.Value("w", pickle => pickle.Global(module, name).Op('(').Text(command).Op('t').Op('R')));

        Assert.Contains($"\"{module}.{name}\"", message, StringComparison.Ordinal);
        Assert.Contains("nothing of it was run", message, StringComparison.Ordinal);
        Assert.False(File.Exists(Trap));
    }

    [Fact]
    public void Every_way_of_naming_and_calling_is_watched()
    {
        byte[] stackGlobal = [0x8C, 2, (byte)'o', (byte)'s', 0x8C, 6, .. "system"u8, 0x93];
        byte[] instance = [(byte)'(', (byte)'X', 1, 0, 0, 0, (byte)'x', (byte)'i', .. "os\nsystem\n"u8];
        byte[] throughTorch = [0x8C, 5, .. "torch"u8, 0x8C, 9, .. "os.system"u8, 0x93];

        Assert.Contains("\"os.system\"", Refusal(file => file.Value("w", pickle => pickle.Raw(stackGlobal))), StringComparison.Ordinal);
        Assert.Contains("\"os.system\"", Refusal(file => file.Value("w", pickle => pickle.Raw(instance))), StringComparison.Ordinal);
        Assert.Contains("\"torch.os.system\"", Refusal(file => file.Value("w", pickle => pickle.Raw(throughTorch))), StringComparison.Ordinal);
        Assert.Contains("extension codes", Refusal(file => file.Value("w", pickle => pickle.Raw(0x82, 1))), StringComparison.Ordinal);
        Assert.Contains("no storage of a tensor", Refusal(file => file.Value("w", pickle => pickle.Text("x").Op('Q'))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_harmless_unknown_call_makes_its_tensor_missing_and_nothing_else()
    {
        var path = Path.Combine(_scratch.Path, "a.pt");
        new TorchFile().Tensor("v", [1])
            .Value("w", pickle => pickle.Global("torch.hub", "load").Op('(').Text("x").Op('t').Op('R')).Save(path);

        using var checkpoint = CheckpointFile.Open(path);

        Assert.Equal(["v"], checkpoint.Tensors.Keys);
        Assert.Equal("torch.hub.load", checkpoint.Others["w"]);
        Assert.Equal(["torch.hub.load"], checkpoint.Unread);
    }

    [Fact]
    public void A_dictionary_that_holds_itself_ends()
    {
        var path = Path.Combine(_scratch.Path, "a.pt");
        // d = {}; d["model"] = d
        new TorchFile().SavePickle(path, [0x80, 2, (byte)'}', (byte)'q', 0, (byte)'X', 5, 0, 0, 0, .. "model"u8, (byte)'h', 0, (byte)'s', (byte)'.']);

        Assert.Contains("has no tensors", Assert.Throws<CheckpointException>(() => CheckpointFile.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Announced_lengths_are_checked_before_anything_is_allocated()
    {
        foreach (byte[] bomb in (byte[][])[
            [0x8D, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0x8E, 0, 0, 0, 0, 0, 0x10, 0, 0], [(byte)'B', 0xFF, 0xFF, 0xFF, 0xFF],
            [0x8B, 0xFF, 0xFF, 0xFF, 0x7F], [0x8B, 0xFF, 0xFF, 0xFF, 0xFF], [(byte)'T', 0xFF, 0xFF, 0xFF, 0x7F],
            [(byte)'u'], [(byte)'t'], [(byte)'h', 9], [(byte)'j', 0xFF, 0xFF, 0xFF, 0xFF], [0xFF]])
        {
            Assert.Contains("damaged", Refusal(file => file.Value("w", pickle => pickle.Raw(bomb))), StringComparison.Ordinal);
        }

        Assert.Contains("nests more than", Refusal(file => file.Value("w", pickle => pickle.Raw([.. Enumerable.Repeat((byte)'(', 20_000)]))), StringComparison.Ordinal);
        Assert.Contains("has more than 8000000 operations", Refusal(file => file.Value("w", pickle => pickle.Raw([.. Enumerable.Repeat("N0"u8.ToArray(), 5_000_000).SelectMany(pair => pair)]))), StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();

    private string Refusal(Action<TorchFile> fill)
    {
        var path = Path.Combine(_scratch.Path, "evil.pt");
        var file = new TorchFile().Tensor("v", [1]);
        fill(file);
        file.Save(path);
        return Assert.Throws<CheckpointException>(() => CheckpointFile.Open(path).Dispose()).Message;
    }
}
