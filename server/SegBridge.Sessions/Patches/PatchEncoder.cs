using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Models.Bundles;
using SegBridge.Models.Volumes;
using SegBridge.Models.Volumes.Patches;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Patches;

/// <summary>The image features of a step's patches: those that are kept, or made of the bricks.</summary>
/// <param name="session">The session.</param>
/// <param name="model">The model of the step.</param>
/// <param name="stepWindow">Overrides the volume's display window.</param>
internal sealed class PatchEncoder(SessionState session, IVolumeModel model, IntensityWindow? stepWindow)
{
    // Values below this are air in Hounsfield units; no other modality has them.
    private const float AirHu = -200;

    private IntensityStatistics? _statistics;

    /// <summary>Image features of a patch, for the caller to dispose of, and milliseconds spent for them.</summary>
    /// <param name="patch">Where; its bricks are there.</param>
    /// <param name="encoding">Called before features are made.</param>
    /// <param name="queued">Called with the number of steps ahead on the device.</param>
    /// <param name="cancellation">Gives them up.</param>
    /// <exception cref="InvalidRequestException">The model is not for images of this modality.</exception>
    public async Task<(PatchFeatures Features, double QueueMs, double ModelMs)> FeaturesOfAsync(
        VolumeGeometry patch, Action encoding, Action<int> queued, CancellationToken cancellation)
    {
        var window = stepWindow ?? session.Volume.DisplayWindow;
        var normalisation = (ZScoreNormalisation)model.Manifest.Normalisation;
        var geometry = session.Volume.Geometry;
        _statistics ??= normalisation.NeedsVolume ? session.Statistics.Or(PatchImage.SourceBox(geometry, patch)) : null;
        var key = new PatchFeatureCache.Key(model, patch, window, _statistics, session.Inbox.Replacements);
        if (session.Features.Find(key) is { } known)
        {
            return (known, 0, 0);
        }

        var values = PatchImage.Read(session.Inbox.Store, patch, float.NaN);
        Normalise(values, normalisation, window);
        encoding();
        var features = await model.EncodeAsync(
            new VolumePatch(model.GridSize, values) { Inside = new PatchPrompts(geometry, patch).BoxOf(geometry.Bounds) },
            session.Id, queued, cancellation);
        session.Features.Keep(key, features);
        return (features, features.QueueMs, features.ModelMs);
    }

    /// <summary>The statistics of this step are those of all later ones, if the model goes by them.</summary>
    public void FreezeStatistics()
    {
        if (_statistics is not null)
        {
            session.Statistics.Freeze(_statistics);
        }
    }

    private void Normalise(float[] values, ZScoreNormalisation normalisation, IntensityWindow? window)
    {
        var modality = session.Volume.Modality;
        var looksLikeCt = modality == Modality.Unknown && Array.Exists(values, value => value < AirHu);
        try
        {
            var rule = normalisation.RuleFor(looksLikeCt ? nameof(Modality.CT) : modality == Modality.Unknown ? null : modality.ToString());
            PatchNormalisation.Apply(values, _statistics is null ? rule : rule.For(_statistics), window);
        }
        catch (UnsupportedModalityException refused)
        {
            throw new InvalidRequestException($"volume.modality: {refused.Message}");
        }
    }
}
