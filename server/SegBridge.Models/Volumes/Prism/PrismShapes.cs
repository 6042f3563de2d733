using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;

namespace SegBridge.Models.Volumes.Prism;

/// <summary>
/// The tensors between PRISM's parts, as its encoder and decoder declare them: "embedding" [1, C, g, g, g] and, level
/// by level, "skip_0" [1, w, G, G, G], "skip_1" at half the resolution and so on, one for each halving.
/// </summary>
internal sealed record PrismShapes(int Grid, IReadOnlyList<TensorContract> Features, int Candidates, bool DecoderTakesMaps)
{
    /// <summary>Positive, negative, and filled box, where the decoder takes maps at all.</summary>
    private const int DecoderMaps = 3;

    public long[] Volume => Of(1);

    public long[] Of(int channels) => [1, channels, Grid, Grid, Grid];

    /// <exception cref="BundleException">The file is no encoder of that grid.</exception>
    public static IReadOnlyList<TensorContract> FeaturesOf(PartMetadata encoder, int grid)
    {
        var levels = 0;
        while (encoder.HasOutput(SkipName(levels)))
        {
            levels++;
        }

        if (levels == 0 || grid % (1 << levels) != 0)
        {
            throw new BundleException(
                $"part encoder: a network with {levels} outputs \"skip_…\" cannot work on a grid of {grid}: it must have at least one, and every level halves the grid");
        }

        var embedding = grid >> levels;
        return
        [
            new TensorContract("embedding", [1, encoder.ShapeOfOutput("embedding", 5)[1], embedding, embedding, embedding]),
            .. Enumerable.Range(0, levels).Select(level => new TensorContract(
                SkipName(level), [1, encoder.ShapeOfOutput(SkipName(level), 5)[1], grid >> level, grid >> level, grid >> level])),
        ];
    }

    /// <exception cref="BundleException">The file is no decoder.</exception>
    public static PrismShapes Of(PartMetadata decoder, int grid, IReadOnlyList<TensorContract> features) => new(
        grid, features, (int)decoder.ShapeOfOutput("candidates", 5)[1], decoder.HasInput("prompt_maps"));

    public static PartSignature Encoder(int grid, IReadOnlyList<TensorContract> features) =>
        new([new TensorContract("image", [1, 1, grid, grid, grid])], features);

    public PartSignature Decoder()
    {
        List<TensorContract> inputs =
        [
            .. Features,
            new("point_coordinates", [1, TensorContract.Free, 3]),
            new("point_labels", [1, TensorContract.Free]),
            new("previous_logits", Volume),
        ];
        if (DecoderTakesMaps)
        {
            inputs.Add(new TensorContract("prompt_maps", Of(DecoderMaps)));
        }

        return new PartSignature(inputs, [new TensorContract("candidates", Of(Candidates)), new TensorContract("scores", [1, Candidates])]);
    }

    public PartSignature Refiner(int maps) => new(
        [new TensorContract("image", Volume), new TensorContract("logits", Volume), new TensorContract("prompt_maps", Of(maps))],
        [new TensorContract("refined", Volume), new TensorContract("error_map", Volume)]);

    /// <summary>Maps that a refiner takes: positive and negative, and in some networks the filled box.</summary>
    /// <exception cref="BundleException">It takes others.</exception>
    public static int MapsOf(PartMetadata refiner)
    {
        var maps = (int)refiner.ShapeOfInput("prompt_maps", 5)[1];
        return maps is 2 or DecoderMaps
            ? maps
            : throw new BundleException($"part refiner: the input \"prompt_maps\" must have 2 maps (positive, negative) or 3 (and the box), it has {maps}");
    }

    private static string SkipName(int level) => $"skip_{level}";
}
