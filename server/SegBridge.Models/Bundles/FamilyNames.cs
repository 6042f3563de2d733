namespace SegBridge.Models.Bundles;

/// <summary>How manifests, templates and command lines spell the families.</summary>
public static class FamilyNames
{
    /// <summary>Every family by its name, plainest first.</summary>
    public static IReadOnlyDictionary<string, ModelFamily> All { get; } = new OrderedDictionary<string, ModelFamily>(StringComparer.Ordinal)
    {
        ["scribbleprompt-unet"] = ModelFamily.ScribblePromptUnet,
        ["scribbleprompt-sam"] = ModelFamily.ScribblePromptSam,
        ["multiverseg"] = ModelFamily.MultiverSeg,
        ["prism"] = ModelFamily.Prism,
    };

    public static string Of(ModelFamily family) => All.Single(pair => pair.Value == family).Key;
}
