using SegBridge.Server.Hosting;
using SegBridge.Sessions.Journal;
using Wire = SegBridge.V1;

namespace SegBridge.Server.Mapping;

/// <summary>Taking a session up again.</summary>
internal static class ResumeMapping
{
    public static Wire.ResumeSessionReply ToWire(ResumedSession resumed, LimitSettings limits)
    {
        var reply = new Wire.ResumeSessionReply { Session = SessionMapping.ToWire(resumed.Session, limits), Lost = resumed.Lost };
        reply.Segments.AddRange(resumed.Segments.Select(SegmentMapping.ToWire));
        reply.NeededBricks.AddRange(resumed.NeededBricks.Select(BrickMapping.ToWire));
        reply.Waiting.AddRange(resumed.Waiting.Select(ToWire));
        return reply;
    }

    private static Wire.WaitingPrompts ToWire(WaitingPrompts waiting)
    {
        var wire = new Wire.WaitingPrompts
        {
            SegmentId = waiting.SegmentId,
            Slice = waiting.Slice is { } slice ? GeometryMapping.ToWire(slice) : null,
            Oblique = waiting.Oblique is { } oblique ? GeometryMapping.ToWire(oblique) : null,
            Prompts = (uint)waiting.Prompts,
        };
        wire.RequestIds.AddRange(waiting.RequestIds);
        return wire;
    }
}
