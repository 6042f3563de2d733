using SegBridge.Imaging.Geometry;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Prompts;

/// <summary>A prompt and the slice that it was drawn on; a null slice: on the volume.</summary>
internal readonly record struct DrawnPrompt(Prompt Prompt, SlicePlane? Slice)
{
    /// <summary>What a step adds to a segment's prompts. Its masks come first: the rest was drawn onto them.</summary>
    public static IEnumerable<DrawnPrompt> Of(StepInFlight step, SlicePlane? slice) => step.Masks
        .Select(mask => new DrawnPrompt(new ForgetPrompt(mask.Box), null))
        .Concat(step.Drawn.Select(prompt => new DrawnPrompt(prompt, slice)));

    /// <summary>Stands for a mask that the user sent: within its box, what was drawn before no longer counts.</summary>
    internal sealed record ForgetPrompt(VoxelBox Box) : Prompt;
}
