using System.Text;
using SegBridge.Imaging.Intensity;
using SegBridge.Models.Bundles;
using SegBridge.Models.Bundles.Manifests;

namespace SegBridge.Models.Tests.Bundles;

public sealed class ManifestTests
{
    [Fact]
    public void A_manifest_says_everything_about_its_model()
    {
        var manifest = ManifestSamples.Parse(ManifestSamples.Right);

        Assert.Equal("liver-2d", manifest.Id);
        Assert.Equal(ModelFamily.ScribblePromptUnet, manifest.Family);
        Assert.Equal([128, 96], manifest.Input.Size);
        Assert.Null(manifest.Input.SpacingMm);
        Assert.Equal(new MinMaxNormalisation(0.5, 99.5), manifest.Normalisation);
        Assert.Equal(Enum.GetValues<PromptKind>(), manifest.Prompts);
        Assert.Equal("unet.onnx", Assert.Single(manifest.Parts).File);
        Assert.Equal(12, manifest.Parts[0].Bytes);
        Assert.Equal(new ModelMetric("d", "clicks", 5, 0.8, 30), Assert.Single(manifest.Metrics));
        Assert.Equal(new TrainingSet("a", "CC0-1.0", "b"), Assert.Single(manifest.Provenance.TrainedOn));
    }

    [Fact]
    public void The_shipped_manifests_are_right()
    {
        var shipped = Directory.GetDirectories(Path.Combine(Checkout.Root, "models", "bundles"));

        Assert.All(shipped, folder => Assert.Equal(Path.GetFileName(folder), ManifestParser.Read(folder).Id));
        Assert.NotNull(ManifestParser.Read(shipped.Single(folder => folder.EndsWith("tumour-3d", StringComparison.Ordinal))).Confidence);
    }

    [Fact]
    public void A_spacing_in_millimetres_and_a_missing_size_are_understood()
    {
        var manifest = ManifestSamples.Parse(ManifestSamples.With("input/spacing", "[0.5, 2]"));

        Assert.Equal([0.5, 2], manifest.Input.SpacingMm);
        Assert.Null(ManifestSamples.Parse(ManifestSamples.With("parts/0/bytes", null)).Parts[0].Bytes);
    }

    [Fact]
    public void A_3D_manifest_fits_its_patch_to_the_object_and_normalises_by_modality()
    {
        var manifest = ManifestSamples.Parse(ManifestSamples.Volume);

        Assert.Equal([64, 64, 64], manifest.Input.Size);
        Assert.Null(manifest.Input.SpacingMm);
        Assert.Equal(new FittedSpacing(0.75, 6, 3, 1.3), manifest.Input.Fitted);
        var normalisation = Assert.IsType<ZScoreNormalisation>(manifest.Normalisation);
        Assert.Equal(
            new ZScoreRule { Clip = new IntensityWindow(-160, 240), Mean = 40, StandardDeviation = 90 }, normalisation.Modalities["CT"]);
        Assert.Equal(new ZScoreRule { LowPercentile = 0.5, HighPercentile = 99.5 }, normalisation.Otherwise);
    }

    [Fact]
    public void A_rule_may_go_by_the_whole_volume()
    {
        var manifest = ManifestSamples.Parse(ManifestSamples.With(
            ManifestSamples.Volume, "normalisation/otherwise", """{"clip": "volume", "mean": "volume", "std": "volume"}"""));

        var normalisation = Assert.IsType<ZScoreNormalisation>(manifest.Normalisation);
        Assert.True(normalisation.NeedsVolume);
        Assert.Equal(new ZScoreRule { ClipOfVolume = true, MeanOfVolume = true, DeviationOfVolume = true }, normalisation.Otherwise);
        Assert.False(normalisation.Modalities["CT"].NeedsVolume);
    }

    [Fact]
    public void The_confidence_of_a_score_goes_by_the_situation_and_keeps_the_order()
    {
        var confidence = ManifestSamples.Parse(ManifestSamples.With(ManifestSamples.Volume, "confidence", ManifestSamples.Confidence)).Confidence!;

        Assert.Equal([0.1f, 0.45f, 0.8f, 0.85f, 0.9f], new[] { 0, 0.25f, 0.5f, 0.75f, 1 }.Select(confidence.Of(hasBox: true, isFirst: true).At));
        Assert.Equal(0.5f, confidence.Of(hasBox: true, isFirst: false).At(0.5f));
        Assert.Equal(0.25f, confidence.Of(hasBox: false, isFirst: true).At(0.5f));
        Assert.Equal(0.525f, confidence.Of(hasBox: false, isFirst: false).At(0.5f), 1e-6);
        Assert.Null(ManifestSamples.Parse(ManifestSamples.Volume).Confidence);
    }

    [Theory]
    [InlineData("{\"withBox\": {\"first\": [[0, 0], [1, 1]], \"later\": [[0, 0], [1, 1]]}}", "confidence has no \"withoutBox\"")]
    [InlineData("{\"withBox\": {\"first\": [[0, 0], [1, 1]]}, \"withoutBox\": {}}", "confidence.withBox has no \"later\"")]
    public void Curves_for_some_situations_only_are_refused(string json, string message) => Assert.Contains(
        message,
        Assert.Throws<BundleException>(() => ManifestSamples.Parse(ManifestSamples.With(ManifestSamples.Volume, "confidence", json))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("[[0, 0.5]]", "must have 2 to 8 items, got 1")]
    [InlineData("[[0, 0], [0.1, 0.1], [0.2, 0.2], [0.3, 0.3], [0.4, 0.4], [0.5, 0.5], [0.6, 0.6], [0.7, 0.7], [1, 1]]", "must have 2 to 8 items, got 9")]
    [InlineData("[[0, 0.5], [0.5, 0.4], [1, 0.9]]", "must be pairs of score and confidence, both rising")]
    [InlineData("[[0, 0.5], [0.5, 0.5], [1, 0.9]]", "must be pairs of score and confidence, both rising")]
    [InlineData("[[0, 0.1], [0.5, 0.2], [0.5, 0.3], [1, 0.9]]", "must be pairs of score and confidence, both rising")]
    [InlineData("[[0.1, 0.5], [1, 0.9]]", "the scores from 0 to 1")]
    [InlineData("[[0, 0.5], [0.9, 0.9]]", "the scores from 0 to 1")]
    [InlineData("[[0, 0.5], [1, 1.1]]", "confidence.withoutBox.later[1][1] must be a number in 0..1, got 1.1")]
    [InlineData("[[0, 0.5], [1]]", "confidence.withoutBox.later[1] must have 2 items, got 1")]
    public void A_curve_that_does_not_rise_from_0_to_1_is_refused(string json, string message)
    {
        var manifest = ManifestSamples.With(ManifestSamples.Volume, "confidence", ManifestSamples.Confidence);

        var exception = Assert.Throws<BundleException>(() => ManifestSamples.Parse(ManifestSamples.With(manifest, "confidence/withoutBox/later", json)));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("input/spacing/minimum", "7", "input.spacing.maximum must be a number in 7..10000, got 6")]
    [InlineData("input/spacing/default", "0.5", "input.spacing.default must be a number in 0.75..6, got 0.5")]
    [InlineData("input/spacing/margin", "0.9", "input.spacing.margin must be a number in 1..10, got 0.9")]
    [InlineData("input/spacing/margin", null, "input.spacing has no \"margin\"")]
    [InlineData("normalisation/modalities/CT/std", "0", "normalisation.modalities.CT.std must be a number in")]
    [InlineData("normalisation/modalities/CT/clip", "[240, -160]", "normalisation.modalities.CT.clip must be a lower and a higher value")]
    [InlineData("normalisation/modalities/CT/mean", "\"image\"", "normalisation.modalities.CT.mean must be \"patch\" or \"volume\", got \"image\"")]
    [InlineData("normalisation/modalities", "{\"ct\": {}}", "normalisation.modalities must name modalities as DICOM does")]
    [InlineData("normalisation/otherwise/percentiles", "[5, 5]", "normalisation.otherwise.percentiles must be a lower and a higher percentile")]
    [InlineData("normalisation/otherwise/clip", "\"none\"", "normalisation.otherwise.clip must be \"window-or-percentiles\" or \"volume\"")]
    public void A_wrong_value_of_a_3D_manifest_is_refused_with_what_would_be_right(string path, string? json, string message)
    {
        var exception = Assert.Throws<BundleException>(() => ManifestSamples.Parse(ManifestSamples.With(ManifestSamples.Volume, path, json)));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("schema", "2", "schema must be 1, got 2")]
    [InlineData("schema", null, "the manifest has no \"schema\"")]
    [InlineData("id", "\"../x\"", "id must be 1 to 64 of a-z")]
    [InlineData("id", "\"a\\n\"", "id must be 1 to 64 of a-z")]
    [InlineData("family", "\"yolo\"", "family must be one of scribbleprompt-unet, scribbleprompt-sam, multiverseg, prism, got \"yolo\"")]
    [InlineData("dimension", "4", "dimension must be a whole number in 2..3, got 4")]
    [InlineData("title", "\"\"", "title must have 1 to 200 characters, got 0")]
    [InlineData("prompts", "[\"point\", \"voice\"]", "prompts[1] must be one of point, box")]
    [InlineData("prompts", "[\"point\", \"point\"]", "prompts names one item twice")]
    [InlineData("candidates", "1.5", "candidates must be a whole number in 1..64, got 1.5")]
    [InlineData("context", "\"no\"", "context must be true or false, got \"no\"")]
    [InlineData("input/size", "[128]", "input.size must have 2 items, got 1")]
    [InlineData("input/size", "[1000000000, 16]", "input.size[0] must be a whole number in 1..4096")]
    [InlineData("input/size", "[-128, 128]", "input.size[0] must be a whole number in 1..4096, got -128")]
    [InlineData("input/spacing", "\"1mm\"", "input.spacing must be \"fit\" or a list of millimetres")]
    [InlineData("input/spacing", "[0, 1]", "input.spacing[0] must be a number in 0.0001..10000, got 0")]
    [InlineData("normalisation/method", "\"log\"", "normalisation.method must be \"minmax\" or \"zscore\", got \"log\"")]
    [InlineData("normalisation/method", "\"zscore\"", "normalisation must have \"modalities\" with at least one rule, or the rule \"otherwise\"")]
    [InlineData("input/spacing", "{\"minimum\": 1, \"maximum\": 2, \"default\": 1, \"margin\": 1.3}", "input.spacing must be \"fit\" or a list of millimetres")]
    [InlineData("scribbleTokens", "1", "scribbleTokens must be a whole number in 16..65536, got 1")]
    [InlineData("leastContext", "0", "leastContext must be a whole number in 1..1024, got 0")]
    [InlineData("leastConfidence", "50", "leastConfidence must be a number in 0..1, got 50")]
    [InlineData("unetShare", "-0.1", "unetShare must be a number in 0..1, got -0.1")]
    [InlineData("normalisation/percentiles", "[99, 1]", "normalisation.percentiles must be a lower and a higher percentile")]
    [InlineData("normalisation/percentiles", "[0, 101]", "normalisation.percentiles[1] must be a number in 0..100, got 101")]
    [InlineData("parts", "[]", "parts must have 1 to 32 items, got 0")]
    [InlineData("parts/0/file", "\"../../etc/passwd\"", "parts[0].file must be a plain file name")]
    [InlineData("parts/0/file", "\"/etc/passwd\"", "parts[0].file must be a plain file name")]
    [InlineData("parts/0/file", "\"C:\\\\x.onnx\"", "parts[0].file must be a plain file name")]
    [InlineData("parts/0/file", "\"..\"", "parts[0].file must be a plain file name")]
    [InlineData("parts/0/sha256", "\"abc\"", "parts[0].sha256 must be 64 lower-case hexadecimal digits")]
    [InlineData("parts/0/bytes", "99999999999999", "parts[0].bytes must be a whole number in 1..")]
    [InlineData("metrics/0/dice", "1.2", "metrics[0].dice must be a number in 0..1, got 1.2")]
    [InlineData("metrics", "{}", "metrics must be a list, got {}")]
    public void A_wrong_value_is_refused_with_what_would_be_right(string path, string? json, string message)
    {
        var exception = Assert.Throws<BundleException>(() => ManifestSamples.Parse(ManifestSamples.With(path, json)));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1, 2]")]
    [InlineData("null")]
    [InlineData("{\"schema\": 1, \"schema\": 1}")]
    public void What_is_no_manifest_at_all_is_refused(string json) =>
        Assert.Throws<BundleException>(() => ManifestSamples.Parse(json));

    [Fact]
    public void Every_cut_of_a_manifest_is_refused_as_broken()
    {
        var bytes = Encoding.UTF8.GetBytes(ManifestSamples.Right);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<BundleException>(() => ManifestParser.Parse(bytes.AsMemory(0, length)));
        }
    }
}
