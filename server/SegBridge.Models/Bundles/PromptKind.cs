namespace SegBridge.Models.Bundles;

/// <summary>The kinds of prompts that a model was trained on. The manifest spells them in lower case.</summary>
public enum PromptKind
{
    Point,
    Box,
    Scribble,
    Lasso,
    Mask,
}
