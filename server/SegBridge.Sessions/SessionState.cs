using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Bricks;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Patches;
using SegBridge.Sessions.Segments;
using SegBridge.Sessions.Steps;
using SegBridge.Sessions.Tasks.Context;

namespace SegBridge.Sessions;

/// <summary>What the parts of a session share: volume, bricks, segments, and the lock that guards segments.</summary>
internal sealed class SessionState : IDisposable
{
    private readonly Dictionary<string, Segment> _segments = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _closed = new();
    private int _disposed;

    public SessionState(string id, VolumeDescription volume, SessionOptions options, MemoryBudget budget, TimeProvider time)
    {
        (Id, Volume, Options, Budget, Time) = (id, volume, options, budget, time);
        Grid = new BrickGrid(volume.Geometry.Size, volume.BrickSize);
        Inbox = new BrickInbox(volume, Grid, options, budget);
        Images = new SliceImageCache(volume.Geometry, Inbox);
        Features = new PatchFeatureCache(budget);
        Closed = _closed.Token;
    }

    public string Id { get; }

    public VolumeDescription Volume { get; }

    public SessionOptions Options { get; }

    public MemoryBudget Budget { get; }

    public TimeProvider Time { get; }

    public BrickGrid Grid { get; }

    public BrickInbox Inbox { get; }

    public SliceImageCache Images { get; }

    public PatchFeatureCache Features { get; }

    /// <summary>Examples as context; null: tasks are off.</summary>
    public TaskContexts? Contexts { get; init; }

    public TurnQueue Turns { get; } = new();

    /// <summary>Guards segments, their masks and their histories.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Cancelled when the session ends.</summary>
    public CancellationToken Closed { get; }

    /// <summary>Segments in the order of their creation. Hold the gate.</summary>
    public IEnumerable<Segment> Segments => _segments.Values;

    public Segment? FindSegment(string id) => _segments.GetValueOrDefault(id);

    public Segment GetSegment(string id) => FindSegment(id) ?? throw new SegmentNotFoundException();

    public Segment GetOrAddSegment(string id)
    {
        if (FindSegment(id) is { } found)
        {
            return found;
        }

        SegmentRules.RequireId(id);
        return AddSegment(new SegmentSettings(id, string.Empty, SegmentRules.ColorOf(_segments.Count), string.Empty, AllowOverlap: false, Locked: false));
    }

    public Segment AddSegment(SegmentSettings settings)
    {
        if (_segments.Count >= Options.MaxSegments)
        {
            throw new LimitExceededException($"the session has {_segments.Count} segments, the most that are allowed; remove one first");
        }

        return _segments[settings.Id] = new Segment(settings, Volume.Geometry);
    }

    /// <summary>Tells the memory budget how a segment grew or shrank; after every change of its mask or history.</summary>
    public void Count(Segment segment)
    {
        Budget.Add(segment.BytesHeld - segment.BytesCounted);
        segment.BytesCounted = segment.BytesHeld;
    }

    /// <summary>Takes a segment out and ends its steps.</summary>
    public void RemoveSegment(string id)
    {
        EmptySegment(id);
        _segments.Remove(id);
    }

    /// <summary>Replaces a segment by an empty one of the same settings and place.</summary>
    public Segment EmptySegment(string id)
    {
        var old = GetSegment(id);
        foreach (var step in old.InFlight.Values)
        {
            step.Supersede();
        }

        Budget.Release(old.BytesCounted);
        return _segments[id] = new Segment(old.Settings, Volume.Geometry);
    }

    /// <summary>A segment's new content without the voxels of segments that must not be overlapped.</summary>
    public BitBlock WithoutOthers(Segment segment, BitBlock content)
    {
        if (segment.Settings.AllowOverlap)
        {
            return content;
        }

        byte[]? kept = null;
        foreach (var other in Segments)
        {
            if (other == segment || other.Settings.AllowOverlap || other.Mask.BoundingBox.Intersect(content.Box).IsEmpty)
            {
                continue;
            }

            kept ??= content.Bits.ToArray();
            var taken = other.Mask.Read(content.Box).Bits;
            for (var n = 0; n < kept.Length; n++)
            {
                kept[n] &= (byte)~taken[n];
            }
        }

        return kept is null ? content : BitBlock.FromPacked(content.Box, kept);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _closed.Cancel();
        Inbox.Close();
        Features.Close();
        lock (Gate)
        {
            Budget.Release(_segments.Values.Sum(segment => segment.BytesCounted));
            _segments.Clear();
        }

        _closed.Dispose();
    }
}
