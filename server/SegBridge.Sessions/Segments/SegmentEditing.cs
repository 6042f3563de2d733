using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Journal;

namespace SegBridge.Sessions.Segments;

/// <summary>What a user does to the segments of a session without a model: settings, marks, history. Thread-safe.</summary>
internal sealed class SegmentEditing(SessionState state)
{
    /// <summary>Segments in the order of their creation.</summary>
    public IReadOnlyList<SegmentInfo> All
    {
        get
        {
            lock (state.Gate)
            {
                return [.. state.Segments.Select(segment => segment.Info)];
            }
        }
    }

    /// <summary>Creates a segment or changes its settings.</summary>
    public SegmentInfo Put(SegmentSettings settings)
    {
        SegmentRules.Require(settings);
        lock (state.Gate)
        {
            var known = state.FindSegment(settings.Id);
            if (settings.Color == 0)
            {
                settings = settings with { Color = known?.Settings.Color ?? SegmentRules.ColorOf(state.Segments.Count()) };
            }

            if (known is { } segment)
            {
                segment.Settings = settings;
                state.Journal?.Write(new SegmentPutAct(settings));
                return segment.Info;
            }

            return state.AddSegment(settings).Info;
        }
    }

    public void Remove(string segmentId)
    {
        lock (state.Gate)
        {
            state.RemoveSegment(segmentId);
            state.Journal?.Write(new SegmentRemovedAct(segmentId));
        }
    }

    /// <summary>Marks slices as finished, or takes the mark away.</summary>
    public SegmentInfo Accept(string segmentId, IReadOnlyList<SlicePlane> slices, bool accepted)
    {
        if (slices.Count == 0)
        {
            throw new InvalidRequestException("slices: name at least one");
        }

        lock (state.Gate)
        {
            var segment = state.GetSegment(segmentId);
            if (accepted)
            {
                segment.Accepted.UnionWith(slices);
            }
            else
            {
                segment.Accepted.ExceptWith(slices);
            }

            state.Journal?.Write(new AcceptedAct(segmentId, slices, accepted));
            return segment.Info;
        }
    }

    /// <summary>The models whose predictions the segment's mask was made from, in their order.</summary>
    public IReadOnlyList<string> ModelsOf(string segmentId)
    {
        lock (state.Gate)
        {
            return [.. state.GetSegment(segmentId).Models];
        }
    }

    /// <summary>Goes to another position of a segment's history.</summary>
    public HistoryResult Move(string segmentId, Func<Segment, HistoryResult> move)
    {
        lock (state.Gate)
        {
            var segment = state.GetSegment(segmentId);
            var moved = move(segment);
            state.Count(segment);
            state.Journal?.Write(new MovedAct(segmentId, MaskEffect.Of(moved.Segment, moved.Changed)));
            return moved;
        }
    }

    /// <summary>Empties a segment: mask, prompts and history.</summary>
    public HistoryResult Reset(string segmentId)
    {
        lock (state.Gate)
        {
            var old = state.GetSegment(segmentId);
            old.RequireUnlocked();
            var emptied = state.EmptySegment(segmentId);
            state.Journal?.Write(new SegmentResetAct(segmentId));
            return new HistoryResult(new BitBlock(old.Mask.BoundingBox), emptied.Info);
        }
    }

    /// <summary>The mask inside a box, or inside its own bounding box.</summary>
    public BitBlock Read(string segmentId, VoxelBox? box)
    {
        var geometry = state.Volume.Geometry;
        if (box is { } asked && (asked.IsEmpty || !geometry.Bounds.Encloses(asked)))
        {
            throw new InvalidRequestException($"box: {asked} must not be empty and must lie inside the volume of {geometry.Size} voxels");
        }

        lock (state.Gate)
        {
            var mask = state.GetSegment(segmentId).Mask;
            return mask.Read(box ?? mask.BoundingBox);
        }
    }
}
