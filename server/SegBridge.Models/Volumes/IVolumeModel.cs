using SegBridge.Models.Bundles;
using SegBridge.Models.Inference;
using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Volumes;

/// <summary>
/// A model that segments a patch of a volume: the patch is encoded once, then every step brings candidates from the
/// newest prompts, of which the best is refined with all prompts so far. Safe for concurrent use.
/// </summary>
/// <remarks>
/// All tasks fail with <see cref="DeviceBusyException"/> when too many steps are waiting, with
/// <see cref="ModelRefusedException"/> when the bundle was replaced or removed (get the model again), and with
/// <see cref="OperationCanceledException"/> when the token was cancelled.
/// </remarks>
public interface IVolumeModel
{
    ModelManifest Manifest { get; }

    /// <summary>Voxels of a patch along each axis.</summary>
    int GridSize { get; }

    /// <summary>Length of all logits: <see cref="GridSize"/>³.</summary>
    int LogitCount => GridSize * GridSize * GridSize;

    /// <summary>Bytes of the features of one patch, the patch itself among them.</summary>
    long FeatureBytes => (long)LogitCount * sizeof(float);

    /// <summary>Computes what the patch alone decides.</summary>
    /// <param name="patch">Resampled to <see cref="PatchSpacing"/> and normalised by <see cref="PatchNormalisation"/>.</param>
    /// <param name="owner">Who asks (a session id): owners share the device fairly.</param>
    /// <param name="queued">See <see cref="InferenceDevice.RunAsync"/>.</param>
    /// <param name="cancellation">Ends the wait at once and a running network at its next operator.</param>
    /// <returns>To be disposed of by the caller.</returns>
    /// <exception cref="ArgumentException">The patch is not of the model's size.</exception>
    Task<PatchFeatures> EncodeAsync(VolumePatch patch, string owner, Action<int>? queued, CancellationToken cancellation);

    /// <summary>Candidates from the newest prompts, and the best of them refined.</summary>
    /// <param name="features">Of the patch, made by this model.</param>
    /// <param name="prompts">Of this step only, at least one. Must not change until the task ends.</param>
    /// <param name="cumulative">All prompts since the first step, those of this one included. Must not change until the task ends.</param>
    /// <param name="previousLogits"><see cref="RefinedVolume.Logits"/> of the step before, or null at the first.</param>
    /// <param name="owner">Who asks (a session id): owners share the device fairly.</param>
    /// <param name="queued">See <see cref="InferenceDevice.RunAsync"/>.</param>
    /// <param name="cancellation">Ends the wait at once and a running network at its next operator.</param>
    /// <exception cref="ArgumentException">There is no prompt, one is not on the patch, or a size does not match.</exception>
    /// <exception cref="StaleFeaturesException">The features are not of this model: encode the patch again.</exception>
    /// <exception cref="ObjectDisposedException">The features were disposed of.</exception>
    Task<VolumePrediction> StepAsync(
        PatchFeatures features, VolumePrompts prompts, PromptMaps cumulative, ReadOnlyMemory<float>? previousLogits,
        string owner, Action<int>? queued, CancellationToken cancellation);

    /// <summary>Refines another candidate than the one that the model selected.</summary>
    /// <param name="features">Of the patch, made by this model.</param>
    /// <param name="candidateLogits"><see cref="VolumeCandidate.Logits"/> of the chosen one.</param>
    /// <param name="cumulative">All prompts since the first step. Must not change until the task ends.</param>
    /// <param name="owner">Who asks (a session id): owners share the device fairly.</param>
    /// <param name="queued">See <see cref="InferenceDevice.RunAsync"/>.</param>
    /// <param name="cancellation">Ends the wait at once and a running network at its next operator.</param>
    /// <exception cref="ArgumentException">A size does not match.</exception>
    /// <exception cref="StaleFeaturesException">The features are not of this model: encode the patch again.</exception>
    /// <exception cref="ObjectDisposedException">The features were disposed of.</exception>
    Task<RefinedVolume> RefineAsync(
        PatchFeatures features, ReadOnlyMemory<float> candidateLogits, PromptMaps cumulative,
        string owner, Action<int>? queued, CancellationToken cancellation);
}
