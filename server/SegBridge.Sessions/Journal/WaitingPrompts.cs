using SegBridge.Imaging.Geometry;

namespace SegBridge.Sessions.Journal;

/// <summary>Prompts that came before a step ended without a result; the next step at their place takes them in.</summary>
/// <param name="SegmentId">Their segment.</param>
/// <param name="Slice">Their place; null: the oblique slice, or the volume.</param>
/// <param name="Oblique">Their place, if it is an oblique slice.</param>
/// <param name="Prompts">How many.</param>
/// <param name="RequestIds">Of the requests that brought them, without those that had none.</param>
public sealed record WaitingPrompts(string SegmentId, SlicePlane? Slice, ObliquePlane? Oblique, int Prompts, IReadOnlyList<string> RequestIds);
