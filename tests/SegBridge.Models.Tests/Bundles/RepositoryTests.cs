using Microsoft.ML.OnnxRuntime;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Models.Slices;

namespace SegBridge.Models.Tests.Bundles;

public sealed class RepositoryTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly InferenceDevice _device = new(InferenceDevice.Cpu);
    private readonly Lazy<ModelRepository> _repository;

    public RepositoryTests() => _repository = new Lazy<ModelRepository>(() => new ModelRepository(_scratch.Path, _device));

    private ModelRepository Repository => _repository.Value;

    [Fact]
    public void A_good_bundle_is_ready_with_its_device_and_size()
    {
        var folder = _scratch.AddBundle("first");

        var bundle = Repository.Get("first");

        Assert.Equal(BundleState.Ready, bundle.State);
        Assert.Null(bundle.Reason);
        Assert.Equal("cpu", bundle.Device);
        Assert.Equal(Directory.EnumerateFiles(folder, "*.onnx").Sum(file => new FileInfo(file).Length), bundle.SizeBytes);
        Assert.Equal("first", Repository.DefaultModelId);
    }

    [Fact]
    public async Task A_part_with_one_flipped_bit_is_refused_with_both_hashes()
    {
        var folder = _scratch.AddBundle("tampered");
        var part = Directory.GetFiles(folder, "*.onnx").Single();
        var bytes = await File.ReadAllBytesAsync(part);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(part, bytes);

        await Repository.WhenLoadedAsync();

        var bundle = Assert.Single(Repository.Bundles);
        Assert.Equal(BundleState.Refused, bundle.State);
        Assert.Matches("part unet: SHA-256 of .* is [0-9a-f]{64}, the manifest says [0-9a-f]{64}; .*install the bundle again", bundle.Reason);
        var exception = Assert.Throws<ModelRefusedException>(() => Repository.Get("tampered"));
        Assert.Contains(bundle.Reason!, exception.Message, StringComparison.Ordinal);
        Assert.Null(Repository.DefaultModelId);
    }

    [Fact]
    public async Task A_part_that_is_cut_short_or_missing_is_refused()
    {
        var cut = Directory.GetFiles(_scratch.AddBundle("cut"), "*.onnx").Single();
        await File.WriteAllBytesAsync(cut, (await File.ReadAllBytesAsync(cut))[..1000]);
        File.Delete(Directory.GetFiles(_scratch.AddBundle("gone"), "*.onnx").Single());

        Assert.Contains("has 1000 bytes, the manifest says", Refusal("cut"), StringComparison.Ordinal);
        Assert.Contains("is missing", Refusal("gone"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bundle_that_appears_later_is_noticed()
    {
        Assert.Empty(Repository.Bundles);
        Assert.Null(Repository.DefaultModelId);

        _scratch.AddBundle("late");

        Assert.Equal(BundleState.Ready, Repository.Get("late").State);
        Assert.Equal("late", Assert.Single(Repository.Bundles).Id);
    }

    [Fact]
    public void A_repaired_bundle_becomes_ready_and_a_removed_one_goes()
    {
        var folder = _scratch.AddBundle("mended");
        var manifest = Path.Combine(folder, "model.json");
        var right = File.ReadAllText(manifest);
        File.WriteAllText(manifest, right[..100]);
        Assert.Contains("not valid JSON", Refusal("mended"), StringComparison.Ordinal);

        File.WriteAllText(manifest, right);
        Assert.Equal(BundleState.Ready, Repository.Get("mended").State);

        Directory.Delete(folder, recursive: true);
        Assert.Throws<ModelNotFoundException>(() => Repository.Get("mended"));
    }

    [Fact]
    public void A_missing_model_is_answered_with_those_there_are()
    {
        _scratch.AddBundle("one");
        _scratch.AddBundle("two");

        var exception = Assert.Throws<ModelNotFoundException>(() => Repository.Get("three"));

        Assert.Equal("there is no model \"three\"; there are: one, two", exception.Message);
    }

    [Fact]
    public void A_folder_that_does_not_exist_holds_no_models()
    {
        using var repository = new ModelRepository(Path.Combine(_scratch.Path, "nowhere"), _device);

        Assert.Empty(repository.Bundles);
        Assert.Throws<ModelNotFoundException>(() => repository.Get("any"));
    }

    [Theory]
    [InlineData("\"family\": \"scribbleprompt-unet\"", "\"family\": \"prism\"", "the family prism works on cubes: dimension must be 3")]
    [InlineData("\"family\": \"scribbleprompt-unet\"", "\"family\": \"multiverseg\"", "the family multiverseg takes context: context must be true")]
    [InlineData("\"family\": \"scribbleprompt-unet\"", "\"family\": \"scribbleprompt-sam\"", "the family scribbleprompt-sam has 1 input channel, input.channels is 5")]
    [InlineData("\"id\": \"edited\"", "\"id\": \"other\"", "the manifest's id is other but the folder is named edited")]
    [InlineData("\"channels\": 5", "\"channels\": 4", "has 5 input channels, input.channels is 4")]
    [InlineData("\"name\": \"unet\"", "\"name\": \"encoder\"", "has the one part \"unet\", the manifest names \"encoder\"")]
    [InlineData("\"candidates\": 1", "\"candidates\": 3", "candidates must be 1")]
    public void A_manifest_that_does_not_fit_its_family_or_folder_is_refused(string from, string to, string reason)
    {
        Edit(_scratch.AddBundle("edited"), from, to);

        Assert.Contains(reason, Refusal("edited"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_network_and_one_of_another_family_are_refused()
    {
        Replace(_scratch.AddBundle("text"), "not a network"u8.ToArray());
        Replace(_scratch.AddBundle("other"), Convert.FromBase64String(InferenceDevices.Probe));

        Assert.Contains("part unet: ONNX Runtime cannot run", Refusal("text"), StringComparison.Ordinal);
        Assert.Contains("must have the input \"input\", it has \"x\"", Refusal("other"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_whose_bundle_changed_is_loaded_again_and_the_old_one_says_so()
    {
        var folder = _scratch.AddBundle("changing");
        var models = new SliceModels(Repository);
        var before = models.Get("changing");
        Assert.Same(before, models.Get("changing"));

        Edit(folder, "\"title\": \"", "\"title\": \"New ");
        var after = models.Get("changing");

        Assert.NotSame(before, after);
        Assert.StartsWith("New ", after.Manifest.Title, StringComparison.Ordinal);
        var image = new SliceImage(8, 8, new float[64], null);
        await Assert.ThrowsAsync<ModelRefusedException>(
            () => before.PredictAsync(image, new SlicePrompts(), null, "a", null, CancellationToken.None));
        Assert.Equal(64, (await after.PredictAsync(image, new SlicePrompts(), null, "a", null, CancellationToken.None)).Mask.Length);
    }

    [Fact]
    public void Nothing_is_being_loaded_any_more_when_the_repository_is_given_up()
    {
        foreach (var id in Enumerable.Range(0, 12).Select(n => $"bundle-{n}"))
        {
            _scratch.AddBundle(id);
        }

        var bundles = Repository.Bundles;
        Repository.Dispose();

        Assert.Equal(12, bundles.Count);
        Assert.DoesNotContain(bundles, bundle => bundle.State == BundleState.Loading);
    }

    [Fact]
    public void The_chosen_device_is_one_that_works()
    {
        using var device = InferenceDevices.Open(new InferenceSettings { Threads = 1 });

        Assert.Matches("^(cpu|cuda:0)$", device.Name);
        Assert.Equal(1, device.Threads);
        Assert.Equal(OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING, OrtEnv.Instance().EnvLogLevel);
    }

    public void Dispose()
    {
        if (_repository.IsValueCreated)
        {
            _repository.Value.Dispose();
        }

        _device.Dispose();
        _scratch.Dispose();
    }

    private string Refusal(string id)
    {
        Assert.Throws<ModelRefusedException>(() => Repository.Get(id));
        return Repository.Bundles.Single(bundle => bundle.Id == id).Reason!;
    }

    private static void Edit(string folder, string from, string to)
    {
        var manifest = Path.Combine(folder, "model.json");
        var text = File.ReadAllText(manifest);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(manifest, text.Replace(from, to, StringComparison.Ordinal));
    }

    // Another part with the right size and hash.
    private static void Replace(string folder, byte[] content)
    {
        var manifest = SegBridge.Models.Bundles.Manifests.ManifestParser.Read(folder).Parts[0];
        File.WriteAllBytes(Path.Combine(folder, manifest.File), content);
        Edit(folder, manifest.Sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content)));
        Edit(folder, $"\"bytes\": {manifest.Bytes}", $"\"bytes\": {content.Length}");
    }
}
