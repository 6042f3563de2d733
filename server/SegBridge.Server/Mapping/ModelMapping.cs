using SegBridge.Models.Bundles;
using Wire = SegBridge.V1;

namespace SegBridge.Server.Mapping;

/// <summary>Model bundles.</summary>
internal static class ModelMapping
{
    private const int MaxId = 64;

    /// <returns>Null when empty: the default is meant.</returns>
    public static string? ToId(string id, string path = "model_id") => id.Length == 0 ? null : Field.Text(id, 1, MaxId, path);

    public static Wire.Model ToWire(ModelBundle bundle)
    {
        var model = new Wire.Model
        {
            Id = bundle.Id,
            State = bundle.State switch
            {
                BundleState.Ready => Wire.ModelState.Ready,
                BundleState.Loading => Wire.ModelState.Loading,
                _ => Wire.ModelState.Refused,
            },
            StateReason = bundle.State == BundleState.Ready ? "" : bundle.Reason ?? "",
            Device = bundle.Device,
            SizeBytes = (ulong)bundle.SizeBytes,
        };
        if (bundle.Manifest is { } manifest)
        {
            Describe(model, manifest);
        }

        return model;
    }

    private static void Describe(Wire.Model model, ModelManifest manifest)
    {
        model.Version = manifest.Version;
        model.Family = ToWire(manifest.Family);
        model.Title = manifest.Title;
        model.Description = manifest.Description;
        model.Dimension = (uint)manifest.Dimension;
        model.Licence = manifest.Licence;
        model.Prompts.AddRange(manifest.Prompts.Select(ToWire));
        model.Candidates = (uint)manifest.Candidates;
        model.UsesContext = manifest.UsesContext;
        model.WeightsSha256 = manifest.WeightsSha256;
        model.InputSize.AddRange(manifest.Input.Size.Select(size => (uint)size));
        model.InputSpacing.AddRange(manifest.Input.SpacingMm ?? []);
        model.Metrics.AddRange(manifest.Metrics.Select(metric => new Wire.Metric
        {
            Dataset = metric.Dataset,
            Protocol = metric.Protocol,
            Step = (uint)metric.Step,
            Dice = metric.Dice,
            Count = (uint)metric.Count,
        }));
    }

    private static Wire.ModelFamily ToWire(ModelFamily family) => family switch
    {
        ModelFamily.ScribblePromptUnet => Wire.ModelFamily.ScribblepromptUnet,
        ModelFamily.ScribblePromptSam => Wire.ModelFamily.ScribblepromptSam,
        ModelFamily.MultiverSeg => Wire.ModelFamily.Multiverseg,
        ModelFamily.Prism => Wire.ModelFamily.Prism,
        _ => Wire.ModelFamily.Unspecified,
    };

    private static Wire.PromptKind ToWire(PromptKind kind) => kind switch
    {
        PromptKind.Point => Wire.PromptKind.Point,
        PromptKind.Box => Wire.PromptKind.Box,
        PromptKind.Scribble => Wire.PromptKind.Scribble,
        PromptKind.Lasso => Wire.PromptKind.Lasso,
        PromptKind.Mask => Wire.PromptKind.Mask,
        _ => Wire.PromptKind.Unspecified,
    };
}
