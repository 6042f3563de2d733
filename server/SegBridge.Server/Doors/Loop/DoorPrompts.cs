using SegBridge.Imaging.Geometry;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Server.Doors.Loop;

/// <summary>Prompts that a client drew at once.</summary>
/// <param name="Prompts">In their order.</param>
/// <param name="Slice">Where they were drawn, for a model of slices; null: across K at the last of them.</param>
internal sealed record DoorPrompts(IReadOnlyList<Prompt> Prompts, SlicePlane? Slice);
