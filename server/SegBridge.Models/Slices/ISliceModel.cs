using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;

namespace SegBridge.Models.Slices;

/// <summary>A model that segments one slice at a time. Safe for concurrent use.</summary>
public interface ISliceModel
{
    ModelManifest Manifest { get; }

    /// <summary>Length of <see cref="SlicePrediction.Logits"/>: rows × columns of the model's grid.</summary>
    int LogitCount { get; }

    /// <summary>Bytes that the model keeps of one slice, besides its pixels, while there is memory.</summary>
    long FeatureBytes => (long)LogitCount * sizeof(float);

    /// <summary>Predicts the mask of one slice from all prompts so far.</summary>
    /// <param name="image">The slice; the same instance for every prompt on it.</param>
    /// <param name="prompts">All prompts on the slice. Must not change until the task ends.</param>
    /// <param name="previousLogits"><see cref="SlicePrediction.Logits"/> of the step before, or null at the first.</param>
    /// <param name="owner">Who asks (a session id): owners share the device fairly.</param>
    /// <param name="queued">See <see cref="InferenceDevice.RunAsync"/>.</param>
    /// <param name="cancellation">Ends the wait at once and a running network at its next operator.</param>
    /// <exception cref="ArgumentException">Sizes do not match, or a point is not on the slice.</exception>
    /// <exception cref="DeviceBusyException">Too many steps are waiting.</exception>
    /// <exception cref="ModelRefusedException">The bundle was replaced or removed: get the model again.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<SlicePrediction> PredictAsync(
        SliceImage image, SlicePrompts prompts, ReadOnlyMemory<float>? previousLogits,
        string owner, Action<int>? queued, CancellationToken cancellation);

    /// <summary>Predicts with finished slices of the same task as context. A model that takes none leaves it aside.</summary>
    /// <param name="image">The slice; the same instance for every prompt on it.</param>
    /// <param name="prompts">All prompts on the slice; may be empty when there is context. Must not change until the task ends.</param>
    /// <param name="context">Of examples that this model made.</param>
    /// <param name="previousLogits"><see cref="SlicePrediction.Logits"/> of the step before, or null at the first.</param>
    /// <param name="owner">Who asks (a session id): owners share the device fairly.</param>
    /// <param name="queued">See <see cref="InferenceDevice.RunAsync"/>.</param>
    /// <param name="cancellation">Ends the wait at once and a running network at its next operator.</param>
    /// <exception cref="ArgumentException">As without context, or the examples are of another model.</exception>
    /// <exception cref="DeviceBusyException">Too many steps are waiting.</exception>
    /// <exception cref="ModelRefusedException">The bundle was replaced or removed: get the model again.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<SlicePrediction> PredictAsync(
        SliceImage image, SlicePrompts prompts, SliceContext context, ReadOnlyMemory<float>? previousLogits,
        string owner, Action<int>? queued, CancellationToken cancellation) =>
        PredictAsync(image, prompts, previousLogits, owner, queued, cancellation);

    /// <summary>A finished slice as this model takes it for context.</summary>
    /// <param name="image">The slice.</param>
    /// <param name="mask">Row-major rows × columns, non-zero inside.</param>
    /// <exception cref="ArgumentException">The mask is not of the slice's size.</exception>
    /// <exception cref="NotSupportedException">The model takes no context.</exception>
    SliceExample ExampleOf(SliceImage image, ReadOnlySpan<byte> mask) =>
        throw new NotSupportedException($"model {Manifest.Id} takes no context");

    /// <summary>How likely each pixel of a slice is inside, row-major, 0 to 1; the model's mask is where it is at least a half.</summary>
    /// <param name="logits"><see cref="SlicePrediction.Logits"/> of this model.</param>
    /// <param name="rows">Rows of the slice.</param>
    /// <param name="columns">Columns of the slice.</param>
    /// <exception cref="ArgumentException">The logits are not of this model's grid.</exception>
    /// <exception cref="NotSupportedException">The model's logits say nothing of single pixels.</exception>
    float[] ProbabilitiesOf(ReadOnlySpan<float> logits, int rows, int columns) =>
        throw new NotSupportedException($"model {Manifest.Id} gives no probabilities");

    /// <summary>
    /// Logits that stand for a mask drawn elsewhere, to be given as previous logits: positive inside, negative outside,
    /// softened where the mask's edge crosses a cell of the model's grid.
    /// </summary>
    /// <param name="mask">Row-major rows × columns, non-zero inside.</param>
    /// <param name="rows">Rows of the slice.</param>
    /// <param name="columns">Columns of the slice.</param>
    /// <exception cref="ArgumentException">The mask is not of that size.</exception>
    float[] LogitsOf(ReadOnlySpan<byte> mask, int rows, int columns);
}
