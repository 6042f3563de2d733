using SegBridge.Imaging.Geometry;

namespace SegBridge.Sessions.Prompts;

/// <summary>A voxel that the user said something of.</summary>
/// <param name="Voxel">Its index.</param>
/// <param name="Polarity">Does it belong to the object?</param>
/// <param name="IsArea">Whether it is one of an area that the user outlined (a lasso), not of a click or stroke.</param>
internal readonly record struct PromptMark(Ijk Voxel, Polarity Polarity, bool IsArea)
{
    public bool IsInside => Polarity == Polarity.Positive;
}
