using SegBridge.Models.Bundles;

namespace SegBridge.Models.Import.Families;

/// <summary>The published networks as their authors describe them.</summary>
internal static class FamilyRecipes
{
    private const string RefinePrefix = "mask_decoder.refine.";

    public static FamilyRecipe Unet { get; } = new()
    {
        Family = ModelFamily.ScribblePromptUnet,
        Parts = [new PartRecipe("unet", "scribbleprompt-unet.onnx")],
        Title = "ScribblePrompt-UNet",
        Description = "Interactive 2D segmentation by points, boxes, scribbles and an initial mask: ScribblePrompt-UNet with imported weights.",
        Size = [128, 128],
        Channels = 5,
    };

    public static FamilyRecipe Sam { get; } = new()
    {
        Family = ModelFamily.ScribblePromptSam,
        Parts = [new PartRecipe("encoder", "scribbleprompt-sam-encoder.onnx"), new PartRecipe("decoder", "scribbleprompt-sam-decoder.onnx")],
        // Only masks 1 to 3 are ever proposed.
        DeadPrefixes = ["mask_decoder.output_hypernetworks_mlps.0."],
        Title = "ScribblePrompt-SAM",
        Description = "Interactive 2D segmentation by points, boxes, scribbles and an initial mask: ScribblePrompt-SAM (SAM ViT-B) with imported weights.",
        Size = [1024, 1024],
        Channels = 1,
        Candidates = 3,
    };

    public static FamilyRecipe MultiverSeg { get; } = new()
    {
        Family = ModelFamily.MultiverSeg,
        Parts = [new PartRecipe("multiverseg", "multiverseg.onnx")],
        // What the last block makes of the context goes nowhere.
        DeadPrefixes = ["dec_blocks.2.support."],
        Title = "MultiverSeg",
        Description = "Interactive 2D segmentation that learns a task from the images already segmented: MultiverSeg with imported weights.",
        Size = [128, 128],
        Channels = 5,
        UsesContext = true,
    };

    /// <summary>SP+UVS of the MultiverSeg paper, supplement: ScribblePrompt alone up to four examples.</summary>
    public static FamilyRecipe UniverSeg { get; } = new()
    {
        Family = ModelFamily.MultiverSeg,
        Parts = [new PartRecipe("universeg", "universeg.onnx")],
        DeadPrefixes = MultiverSeg.DeadPrefixes,
        Title = "UniverSeg with ScribblePrompt-UNet",
        Description = "Interactive 2D segmentation: UniverSeg proposes from the images already segmented, ScribblePrompt-UNet refines by prompts; imported weights.",
        Size = MultiverSeg.Size,
        Channels = MultiverSeg.Channels,
        UsesContext = true,
        LeastContext = 5,
    };

    public static FamilyRecipe Prism { get; } = new()
    {
        Family = ModelFamily.Prism,
        Parts =
        [
            new PartRecipe("encoder", "prism-encoder.onnx"),
            new PartRecipe("decoder", "prism-decoder.onnx"),
            new PartRecipe("refiner", "prism-refiner.onnx", RefinePrefix),
        ],
        DeadPrefixes =
        [
            "mask_decoder.decoder.final_conv.", "mask_decoder.output_hypernetworks_mlps.0.", "prompt_encoder.no_mask_embed.",
        ],
        Title = "PRISM",
        Description = "Interactive 3D segmentation by points, boxes, scribbles and an initial mask: PRISM with imported weights.",
        Size = [128, 128, 128],
        Channels = 1,
        Candidates = 3,
    };

    /// <exception cref="ArgumentOutOfRangeException">No such family.</exception>
    public static FamilyRecipe Of(ModelFamily family) => family switch
    {
        ModelFamily.ScribblePromptUnet => Unet,
        ModelFamily.ScribblePromptSam => Sam,
        ModelFamily.MultiverSeg => MultiverSeg,
        ModelFamily.Prism => Prism,
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, null),
    };
}
