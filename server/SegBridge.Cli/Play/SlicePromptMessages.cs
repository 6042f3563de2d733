using SegBridge.Cli.Client;
using SegBridge.Cli.Simulation;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;

namespace SegBridge.Cli.Play;

/// <summary>What was drawn on a slice, as the contract's prompts; and a segment's mask, seen on a slice.</summary>
internal static class SlicePromptMessages
{
    public static IEnumerable<V1.Prompt> Of(DrawnPrompts drawn, SlicePlane slice, VolumeSize volume)
    {
        if (drawn.Box is { } box)
        {
            var (first, last) = (slice.VoxelAt(box.Top, box.Left), slice.VoxelAt(box.Bottom - 1, box.Right - 1));
            yield return new V1.Prompt
            {
                Box = new V1.BoxPrompt { Box = new VoxelBox(first, new Ijk(last.I + 1, last.J + 1, last.K + 1)).ToWire() },
            };
        }

        foreach (var click in drawn.Clicks)
        {
            yield return new V1.Prompt
            {
                Point = new V1.PointPrompt
                {
                    Polarity = click.Positive ? V1.Polarity.Positive : V1.Polarity.Negative,
                    Ijk = slice.VoxelAt(click.Row, click.Column).Centre.ToWire(),
                },
            };
        }

        foreach (var (map, polarity) in new[] { (drawn.Positive, V1.Polarity.Positive), (drawn.Negative, V1.Polarity.Negative) })
        {
            if (map is { IsEmpty: false })
            {
                yield return new V1.Prompt
                {
                    Scribble = new V1.ScribblePrompt { Polarity = polarity, Voxels = BlockOf(map, slice, volume).ToWire() },
                };
            }
        }
    }

    /// <summary>The pixels of a slice as voxels of the volume.</summary>
    public static BitBlock BlockOf(SliceMap map, SlicePlane slice, VolumeSize volume)
    {
        var block = new BitBlock(slice.BoxIn(volume));
        for (var row = 0; row < map.Rows; row++)
        {
            for (var column = 0; column < map.Columns; column++)
            {
                if (map[row, column])
                {
                    block[slice.VoxelAt(row, column)] = true;
                }
            }
        }

        return block;
    }

    /// <summary>The mask on a slice.</summary>
    public static SliceMap MapOf(VolumeMask mask, SlicePlane slice)
    {
        var (rows, columns) = slice.ShapeIn(mask.Size);
        var map = new SliceMap(rows, columns);
        // Voxels of a slice box lie in C-order, which is row-major for each of the three layouts.
        mask.Read(slice.BoxIn(mask.Size)).Unpack(map.Pixels);
        return map;
    }
}
