using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Bricks;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Journal;
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
    private readonly OpenVolumes _volumes;
    private int _disposed;

    /// <param name="id">32 hexadecimal characters.</param>
    /// <param name="volume">What will be sent.</param>
    /// <param name="options">The limits.</param>
    /// <param name="memory">Shared by all sessions of a server.</param>
    /// <param name="time">The clock of limits.</param>
    /// <param name="caller">Whose session it is, null where callers have no names: nothing is shared between callers.</param>
    /// <param name="log">Null: silent.</param>
    /// <exception cref="BrickException">The brick size does not work.</exception>
    public SessionState(
        string id, VolumeDescription volume, SessionOptions options, ServerMemory memory, TimeProvider time, string? caller = null, ILogger? log = null)
    {
        (Id, Volume, Options, Time, Log) = (id, volume, options, time, log ?? NullLogger.Instance);
        (Budget, _volumes) = (memory.Budget, memory.Volumes);
        Inbox = memory.Volumes.Open(volume, caller ?? string.Empty);
        Images = new SliceImageCache(Inbox, memory.Cache);
        Features = new PatchFeatureCache(volume, Inbox, memory.Cache);
        Statistics = new VolumeStatistics(volume, Inbox);
        Candidates = new LatestCandidates(Inbox, memory.Cache);
        Closed = _closed.Token;
    }

    public string Id { get; }

    public VolumeDescription Volume { get; }

    public SessionOptions Options { get; }

    public MemoryBudget Budget { get; }

    public TimeProvider Time { get; }

    public ILogger Log { get; }

    public BrickGrid Grid => Inbox.Store.Grid;

    public BrickInbox Inbox { get; }

    public SliceImageCache Images { get; }

    public PatchFeatureCache Features { get; }

    public VolumeStatistics Statistics { get; }

    public LatestCandidates Candidates { get; }

    /// <summary>Examples as context; null: tasks are off.</summary>
    public TaskContexts? Contexts { get; init; }

    public TurnQueue Turns { get; } = new();

    /// <summary>Told of every act while the gate is held, so that its order is that of the acts; null: none is kept.</summary>
    public SessionJournal? Journal { get; init; }

    /// <summary>The fingerprint of a model as it is now.</summary>
    public Func<string, string> FingerprintOf { get; init; } = _ => string.Empty;

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

        Journal?.Write(new SegmentPutAct(settings));
        return _segments[settings.Id] = new Segment(settings, Volume.Geometry);
    }

    /// <summary>Lets the next step at a place take prompts in that the journal kept.</summary>
    public void Carry(WaitingAct waiting)
    {
        lock (Gate)
        {
            GetSegment(waiting.SegmentId).Carried[waiting.Place] = [.. waiting.Carried, .. waiting.Own];
        }
    }

    /// <summary>Notes that a propagation came to its end, which the journal kept.</summary>
    public void End(PropagatedAct propagated)
    {
        lock (Gate)
        {
            GetSegment(propagated.SegmentId).EndedRuns[propagated.Run] = propagated.End;
        }
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
        foreach (var step in old.InFlight.Values.ToArray())
        {
            step.Supersede();
        }

        Candidates.Evict();
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

        // First of all, so that steps that end by this do not withdraw their prompts.
        Journal?.Dispose();
        _closed.Cancel();
        Candidates.Evict();
        _volumes.Close(Inbox);
        lock (Gate)
        {
            Budget.Release(_segments.Values.Sum(segment => segment.BytesCounted));
            _segments.Clear();
        }

        _closed.Dispose();
    }
}
