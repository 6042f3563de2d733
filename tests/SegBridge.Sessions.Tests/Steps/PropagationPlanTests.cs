using FsCheck;
using FsCheck.Fluent;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Sections;
using SegBridge.Sessions.Segments;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Tests.Steps;

public class PropagationPlanTests
{
    private static readonly VolumeSize Size = new(4, 40, 3);

    [Fact]
    public void Every_slice_in_range_is_filled_once_after_the_slice_before_it_and_no_finished_one() => Prop.ForAll(
        Gen.Zip(Gen.Choose(0, 39).ArrayOf(), Gen.Zip(Gen.Choose(0, 39), Gen.Choose(0, 39))).ToArbitrary(),
        drawn =>
        {
            var (finished, (one, two)) = (drawn.Item1.Append(drawn.Item2.Item1).ToHashSet(), drawn.Item2);
            var (first, last) = (Math.Min(one, two), Math.Max(one, two));

            var plan = PropagationPlan.Of(SegmentWith(finished, []), new PropagationRequest { SegmentId = "1", First = first, Last = last });

            var open = Enumerable.Range(first, last - first + 1).Where(index => !finished.Contains(index)).ToArray();
            Assert.Equal(open, plan.Targets.Select(target => target.Index).Order());
            var known = finished.ToHashSet();
            foreach (var target in plan.Targets)
            {
                Assert.Equal(finished.Min(source => Math.Abs(source - target.Index)), target.Distance);
                Assert.True(target.Before == target.Source || Math.Abs(target.Before - target.Index) == 1);
                Assert.Contains(target.Before, known);
                known.Add(target.Index);
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_object_does_not_go_through_a_finished_slice_that_is_empty()
    {
        var plan = PropagationPlan.Of(SegmentWith([10], [14]), new PropagationRequest { SegmentId = "1", First = 8, Last = 17 });

        Assert.Equal([15, 16, 17], plan.Targets.Where(target => target.IsBehindEnd).Select(target => target.Index).Order());
        Assert.Equal([10], plan.Sources);
    }

    [Fact]
    public void A_range_away_from_its_source_starts_from_it()
    {
        var plan = PropagationPlan.Of(SegmentWith([3], []), new PropagationRequest { SegmentId = "1", First = 10, Last = 12 });

        Assert.Equal([(10, 3), (11, 10), (12, 11)], plan.Targets.Select(target => (target.Index, target.Before)));
    }

    [Fact]
    public void Named_slices_come_first_then_accepted_ones_then_those_that_the_user_worked_on()
    {
        var segment = SegmentWith([], [], worked: [5]);
        var whole = new PropagationRequest { SegmentId = "1", First = 0, Last = 2 };
        Assert.Equal("J 5", AxisAndSources(segment, whole with { Last = 39 }));

        segment.Accepted.Add(new SlicePlane(Axis.K, 1));
        Assert.Equal("K 1", AxisAndSources(segment, whole));
        Assert.Equal("J 5 7", AxisAndSources(segment, whole with { From = [new SlicePlane(Axis.J, 7)] }));
    }

    private static string AxisAndSources(Segment segment, PropagationRequest request)
    {
        var plan = PropagationPlan.Of(segment, request);
        return $"{plan.Axis} {string.Join(' ', plan.Sources)}";
    }

    // Across J; slices that show the object, and those that are accepted but empty.
    private static Segment SegmentWith(IReadOnlyCollection<int> accepted, IReadOnlyCollection<int> empty, params int[] worked)
    {
        var segment = new Segment(
            new SegmentSettings("1", "", 0, "", false, false), VolumeGeometry.AxisAligned(Size, new Spacing(1, 1, 1)));
        segment.Mask.Replace(BitBlock.FromVoxels(Size.Bounds, [.. Enumerable.Repeat((byte)1, (int)Size.VoxelCount)]));
        foreach (var index in empty)
        {
            segment.Mask.Replace(new BitBlock(new SlicePlane(Axis.J, index).BoxIn(Size)));
        }

        segment.Accepted.UnionWith(accepted.Concat(empty).Select(index => new SlicePlane(Axis.J, index)));
        var slices = segment.State.Slices.AddRange(worked.Select(index => KeyValuePair.Create<Section, SliceState>(new SlicePlane(Axis.J, index), SliceState.Fresh)));
        segment.Commit(new HistoryStep(null, [], segment.State, segment.State with { Slices = slices }, []));
        return segment;
    }
}
