using System.Buffers;
using Microsoft.ML.OnnxRuntime;
using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Models.Prompts;

namespace SegBridge.Models.Slices.ScribblePromptSam;

/// <summary>
/// ScribblePrompt-SAM. The part "encoder" runs once per slice: float32 "image" [1, 1, rows, columns] in [0, 1] at the
/// slice's own size to "embedding" [1, C, g, g]. The part "decoder" runs at every step: "embedding", "point_coordinates"
/// [1, N, 2] and "point_labels" [1, N] (<see cref="SamTokens"/>), "mask_input" [1, 1, 4g, 4g] with the logits of the step
/// before and "has_mask_input" [1] to "masks" [1, 3, 4g, 4g] and "scores" [1, 3]. The manifest's size is that of the
/// image to which the encoder resizes the slice: 16g × 16g.
/// </summary>
internal sealed class ScribblePromptSamNetwork : SliceNetwork
{
    private const string EncoderName = "encoder";
    private const string DecoderName = "decoder";
    private const int Masks = 3;
    private const int PatchSide = 16;
    private const int Enlargement = 4;

    /// <summary>Bytes of image features kept: 32 slices at the published size.</summary>
    private const long CacheBytes = 128L << 20;

    private readonly OnnxSession _encoder;
    private readonly OnnxSession _decoder;
    private readonly SliceGrid _image;
    private readonly long[] _embeddingShape;
    private readonly MinMaxNormalisation _normalisation;
    private readonly int _scribbleTokens;
    private readonly EmbeddingCache _cache = new(CacheBytes);
    private readonly TensorBuffer _noMask;
    private readonly TensorBuffer _hasMask = new(1);
    private readonly TensorBuffer _scores = new(1, Masks);

    private ScribblePromptSamNetwork(
        OnnxSession encoder, OnnxSession decoder, SliceGrid image, long[] embeddingShape,
        MinMaxNormalisation normalisation, int scribbleTokens, string device)
        : base(device, new SliceGrid((int)embeddingShape[2] * Enlargement, (int)embeddingShape[3] * Enlargement))
    {
        _encoder = encoder;
        _decoder = decoder;
        _image = image;
        _embeddingShape = embeddingShape;
        _normalisation = normalisation;
        _scribbleTokens = scribbleTokens;
        _noMask = new TensorBuffer(1, 1, Grid.Rows, Grid.Columns);
    }

    public override long FeatureBytes => _embeddingShape.Aggregate((long)sizeof(float), (bytes, length) => bytes * length);

    public override long CachedBytes => _cache.SizeBytes;

    public override bool ShrinkCache() => _cache.Shrink();

    /// <param name="manifest">A manifest of this family.</param>
    /// <param name="files">Verified files by the name of their part.</param>
    /// <param name="device">Where the network will run.</param>
    /// <exception cref="BundleException">Manifest or network are not as the family needs them.</exception>
    public static ScribblePromptSamNetwork Load(ModelManifest manifest, IReadOnlyDictionary<string, string> files, InferenceDevice device)
    {
        var rules = new FamilyRules(manifest);
        rules.RequireFittedSlices(channels: 1, multiple: 1);
        rules.RequireCandidates(Masks);
        rules.RequireContext(false);
        rules.RequireParts([EncoderName, DecoderName]);
        var normalisation = rules.RequireMinMax();
        var image = new SliceGrid(manifest.Input.Size[0], manifest.Input.Size[1]);
        long[] embedding = [];
        var encoder = OnnxSession.Open(EncoderName, files[EncoderName], device, metadata =>
        {
            embedding = metadata.ShapeOfOutput("embedding", 4);
            RequirePatches(image, embedding);
            return new PartSignature(
                [new TensorContract("image", [1, 1, TensorContract.Free, TensorContract.Free])],
                [new TensorContract("embedding", embedding)]);
        });
        ScribblePromptSamNetwork? network = null;
        try
        {
            var decoder = OnnxSession.Open(DecoderName, files[DecoderName], device, DecoderSignature(embedding));
            network = new ScribblePromptSamNetwork(encoder, decoder, image, embedding, normalisation, manifest.ScribbleTokens, device.Name);
            network.WarmUp();
            return network;
        }
        catch
        {
            if (network is null)
            {
                encoder.Dispose();
            }

            network?.Dispose();
            throw;
        }
    }

    public override SliceAnswer Predict(SliceStepInput step, CancellationToken cancellation)
    {
        var (rows, columns) = (step.Image.Rows, step.Image.Columns);
        var embedding = _cache.GetOrAdd(step.Image, image => Encode(image, cancellation));
        var tokens = SamTokens.Of(step.Prompts, rows, columns, _image, _scribbleTokens);
        cancellation.ThrowIfCancellationRequested();
        var masks = Decode(embedding, tokens, step.PreviousLogits, cancellation);
        float[][] logits = [.. masks.Chunk(Grid.Count)];
        SliceCandidate[] candidates =
        [
            .. logits.Select((mask, n) => SamMaskDecoder.Decode(mask, Grid, _image, rows, columns, _scores.Values[n], step.Prompts, logits)),
        ];
        return new SliceAnswer(candidates, Array.IndexOf(_scores.Values, _scores.Values.Max()));
    }

    public override void Probabilities(ReadOnlySpan<float> logits, int rows, int columns, Span<float> onSlice)
    {
        SamMaskDecoder.Enlarge(logits, Grid, _image, rows, columns, onSlice);
        foreach (ref var value in onSlice)
        {
            value = 1 / (1 + MathF.Exp(-value));
        }
    }

    protected override void Unload()
    {
        _encoder.Dispose();
        _decoder.Dispose();
        _cache.Dispose();
        _noMask.Dispose();
        _hasMask.Dispose();
        _scores.Dispose();
    }

    private static void RequirePatches(SliceGrid image, long[] embedding)
    {
        if (image.Rows != embedding[2] * PatchSide || image.Columns != embedding[3] * PatchSide)
        {
            throw new BundleException(
                $"part encoder: the output \"embedding\" is [{string.Join(", ", embedding)}], so input.size must be "
                + $"[{embedding[2] * PatchSide}, {embedding[3] * PatchSide}], it is [{image.Rows}, {image.Columns}]");
        }
    }

    private static PartSignature DecoderSignature(long[] embedding)
    {
        var (rows, columns) = (embedding[2] * Enlargement, embedding[3] * Enlargement);
        return new PartSignature(
            [
                new TensorContract("embedding", embedding),
                new TensorContract("point_coordinates", [1, TensorContract.Free, 2]),
                new TensorContract("point_labels", [1, TensorContract.Free]),
                new TensorContract("mask_input", [1, 1, rows, columns]),
                new TensorContract("has_mask_input", [1]),
            ],
            [new TensorContract("masks", [1, Masks, rows, columns]), new TensorContract("scores", [1, Masks])]);
    }

    // A small image: what the encoder does after resizing is the same for all.
    private void WarmUp()
    {
        const int side = 16;
        using var embedding = Encode(new SliceImage(side, side, new float[side * side], null), CancellationToken.None);
        var tokens = new ClickTokens(axes: 2);
        tokens.AddPadding();
        Decode(embedding, tokens, null, CancellationToken.None);
    }

    /// <summary>The features of a slice, from then on known for steps on it.</summary>
    /// <param name="image">The slice.</param>
    /// <param name="unit">What the encoder shall see of it: rows × columns in [0, 1].</param>
    internal TensorBuffer Encode(SliceImage image, ReadOnlyMemory<float> unit) =>
        _cache.GetOrAdd(image, _ => Encode(unit, image.Rows, image.Columns, CancellationToken.None));

    private TensorBuffer Encode(SliceImage image, CancellationToken cancellation)
    {
        var buffer = ArrayPool<float>.Shared.Rent(image.Pixels.Length);
        try
        {
            var pixels = buffer.AsMemory(0, image.Pixels.Length);
            if (!SliceNormaliser.TryNormalise(image, _normalisation, pixels.Span))
            {
                pixels.Span.Clear();
            }

            return Encode(pixels, image.Rows, image.Columns, cancellation);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private TensorBuffer Encode(ReadOnlyMemory<float> unit, int rows, int columns, CancellationToken cancellation)
    {
        var embedding = new TensorBuffer(_embeddingShape);
        try
        {
            using var input = TensorBuffer.Over(unit, 1, 1, rows, columns);
            _encoder.Run([input], [embedding.Tensor], cancellation);
            return embedding;
        }
        catch
        {
            embedding.Dispose();
            throw;
        }
    }

    // [3, rows, columns] of the grid; the scores are left in their buffer.
    private float[] Decode(TensorBuffer embedding, ClickTokens tokens, ReadOnlyMemory<float>? previous, CancellationToken cancellation)
    {
        _hasMask.Values[0] = previous is null ? 0 : 1;
        var masks = new float[Masks * Grid.Count];
        using var coordinates = TensorBuffer.Over(tokens.Coordinates, 1, tokens.Count, 2);
        using var labels = TensorBuffer.Over(tokens.Labels, 1, tokens.Count);
        using var mask = previous is { } logits ? TensorBuffer.Over(logits, 1, 1, Grid.Rows, Grid.Columns) : null;
        using var output = OrtValue.CreateTensorValueFromMemory(masks, [1, Masks, Grid.Rows, Grid.Columns]);
        _decoder.Run(
            [embedding.Tensor, coordinates, labels, mask ?? _noMask.Tensor, _hasMask.Tensor], [output, _scores.Tensor], cancellation);
        return masks;
    }
}
