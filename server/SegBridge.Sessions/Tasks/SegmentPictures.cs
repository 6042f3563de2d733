using SegBridge.Imaging.Geometry;
using SegBridge.Models.Slices;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Sections;

namespace SegBridge.Sessions.Tasks;

/// <summary>Slices of a segment as examples.</summary>
internal static class SegmentPictures
{
    /// <summary>One slice: the image from the session's bricks in the window of the last step on it, and the segment's mask.</summary>
    /// <exception cref="GeometryException">The slice is not in the volume.</exception>
    /// <exception cref="InvalidRequestException">The segment has nothing on the slice.</exception>
    /// <exception cref="LimitExceededException">The slice has too many pixels.</exception>
    /// <exception cref="SegmentNotFoundException">No such segment.</exception>
    /// <exception cref="WrongStateException">Bricks of the slice are missing.</exception>
    public static ExamplePicture Of(SessionState session, string segmentId, SlicePlane plane)
    {
        var box = plane.BoxIn(session.Volume.Geometry.Size);
        if (box.VoxelCount > session.Options.MaxSlicePixels)
        {
            throw new LimitExceededException($"the slice has {box.VoxelCount:N0} pixels; examples may have up to {session.Options.MaxSlicePixels:N0}");
        }

        byte[] mask;
        Imaging.Intensity.IntensityWindow? window;
        lock (session.Gate)
        {
            var segment = session.GetSegment(segmentId);
            mask = SectionFrame.Of(plane, session.Volume.Geometry).Show(segment.Mask.Read(box));
            window = segment.SliceAt(plane).Window ?? session.Volume.DisplayWindow;
        }

        if (!mask.AsSpan().ContainsAnyExcept((byte)0))
        {
            throw new InvalidRequestException(
                $"slices: the segment has no voxel on slice {plane.Axis} {plane.Index}; an example must show the object, so predict or draw it there first");
        }

        if (session.Inbox.Store.Missing(box) is { Count: > 0 } missing)
        {
            throw new WrongStateException(
                $"{missing.Count} bricks of slice {plane.Axis} {plane.Index} are not here; send them with PutBricks and add the example again");
        }

        var (rows, columns) = plane.ShapeIn(session.Volume.Geometry.Size);
        var pixels = new float[rows * columns];
        session.Inbox.Store.ReadSlice(plane, pixels);
        return SlicePicture.Of(new SliceImage(rows, columns, pixels, window), mask) ?? throw new InvalidRequestException(
            $"slices: on slice {plane.Axis} {plane.Index} the segment is too small to be seen in an example of {ExamplePicture.MaxSide} pixels");
    }
}
