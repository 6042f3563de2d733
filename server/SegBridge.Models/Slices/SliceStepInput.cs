namespace SegBridge.Models.Slices;

/// <summary>What a step on a slice starts from.</summary>
/// <param name="Image">The slice.</param>
/// <param name="Prompts">All prompts on it so far.</param>
/// <param name="PreviousLogits">Of the step before; null at the first.</param>
/// <param name="Context">Finished slices of the same task; null: none.</param>
internal readonly record struct SliceStepInput(
    SliceImage Image, SlicePrompts Prompts, ReadOnlyMemory<float>? PreviousLogits, SliceContext? Context);
