using SegBridge.Imaging.Geometry;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Segments;

namespace SegBridge.Sessions.Steps;

/// <summary>
/// Which slices a propagation fills, in what order, and from what: outwards from the nearest slice that the user
/// finished, near slices first. Slices that the user accepted or worked on are left as they are.
/// </summary>
/// <param name="Axis">The axis across which all slices lie.</param>
/// <param name="Sources">Indices of the finished slices that show the object, rising.</param>
/// <param name="Targets">Slices to fill, in order.</param>
internal sealed record PropagationPlan(Axis Axis, IReadOnlyList<int> Sources, IReadOnlyList<PropagationTarget> Targets)
{
    /// <exception cref="InvalidRequestException">Axes are mixed, or the range is wrong.</exception>
    /// <exception cref="WrongStateException">No slice to start from shows the object.</exception>
    public static PropagationPlan Of(Segment segment, PropagationRequest request)
    {
        var size = segment.Mask.Size;
        SlicePlane[] start = [.. request.From.Count > 0 ? request.From : segment.Accepted.Count > 0 ? segment.Accepted : segment.Kept];
        var axis = AxisOf(start, request);
        RequireRange(request, axis, size[axis]);
        var shows = start.Concat(segment.Kept).Where(slice => slice.Axis == axis).Distinct()
            .ToDictionary(slice => slice.Index, slice => segment.Mask.Read(slice.BoxIn(size)).Count > 0);
        if (!start.Any(slice => shows[slice.Index]))
        {
            throw new WrongStateException("from: the mask is empty on every slice to start from; segment the object on one of them first");
        }

        var targets = Enumerable.Range(request.First, request.Last - request.First + 1)
            .Where(index => !shows.ContainsKey(index))
            .Select(index => TargetAt(index, shows, request))
            .OrderBy(target => target.Distance).ThenBy(target => target.Index);
        return new PropagationPlan(axis, [.. shows.Where(slice => slice.Value).Select(slice => slice.Key).Order()], [.. targets]);
    }

    /// <summary>The sources nearest to a slice, the nearest first; the lower one of equals.</summary>
    public IEnumerable<int> Nearest(int index, int most) =>
        Sources.OrderBy(source => Math.Abs(source - index)).ThenBy(source => source).Take(most);

    private static PropagationTarget TargetAt(int index, Dictionary<int, bool> shows, PropagationRequest request)
    {
        var source = shows.Where(slice => slice.Value).Select(slice => slice.Key).MinBy(known => (Math.Abs(known - index), known));
        var (low, high) = (Math.Min(source, index), Math.Max(source, index));
        var before = index - Math.Sign(index - source);
        return new PropagationTarget(
            index,
            source,
            before < request.First || before > request.Last ? source : before,
            IsBehindEnd: shows.Any(slice => !slice.Value && slice.Key > low && slice.Key < high));
    }

    private static Axis AxisOf(SlicePlane[] start, PropagationRequest request)
    {
        if (start.Length == 0)
        {
            throw new WrongStateException("from: there is nothing to propagate from; segment the object on a slice first");
        }

        return start.All(slice => slice.Axis == start[0].Axis)
            ? start[0].Axis
            : throw new InvalidRequestException(request.From.Count > 0
                ? "from: all slices must be across one axis"
                : "from: the segment has finished slices across several axes; name those to start from");
    }

    private static void RequireRange(PropagationRequest request, Axis axis, int slices)
    {
        if (request.First < 0 || request.First > request.Last || request.Last >= slices)
        {
            throw new InvalidRequestException(
                $"first, last: {request.First}..{request.Last} is no range of slices; across {axis} there are 0..{slices - 1}");
        }

        if (!(request.StopBelow is >= 0 and <= 1))
        {
            throw new InvalidRequestException($"stop_below: must be 0 to 1, got {request.StopBelow}");
        }
    }
}
