using System.Collections.Immutable;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Prompts;

namespace SegBridge.Server.Doors.Monai;

/// <summary>All prompts of one label at one time. A client repeats the earlier ones with every request.</summary>
internal sealed record SaidPrompts
{
    public required string ModelId { get; init; }

    /// <summary>The slice of a 2D model that points and box are on; null for a 3D model and for scribbles.</summary>
    public SlicePlane? Slice { get; init; }

    /// <summary>Whether a 2D model is to work on each slice that scribbles are on.</summary>
    public bool IsOnSlices { get; init; }

    public ImmutableArray<VoxelPoint> Foreground { get; init; } = [];

    public ImmutableArray<VoxelPoint> Background { get; init; } = [];

    /// <summary>Empty when there is none.</summary>
    public VoxelBox Box { get; init; }

    /// <summary>Scribbles on the object, in their own bounding box.</summary>
    public BitBlock Inside { get; init; } = Nothing;

    /// <summary>Scribbles beside it.</summary>
    public BitBlock Outside { get; init; } = Nothing;

    private static BitBlock Nothing { get; } = new(VoxelBox.Empty);

    /// <summary>Whether a client that had said the earlier prompts says these by going on.</summary>
    public bool GoesOnFrom(SaidPrompts earlier) =>
        ModelId == earlier.ModelId
        && Foreground.AsSpan().StartsWith(earlier.Foreground.AsSpan())
        && Background.AsSpan().StartsWith(earlier.Background.AsSpan())
        && (earlier.Box.IsEmpty || earlier.Box == Box)
        && Without(earlier.Inside, Inside).Box.IsEmpty
        && Without(earlier.Outside, Outside).Box.IsEmpty;

    /// <summary>The prompts that are new, the one that the user looks at last.</summary>
    /// <param name="earlier">What these go on from; null: nothing.</param>
    public IReadOnlyList<Prompt> Beyond(SaidPrompts? earlier)
    {
        var prompts = new List<Prompt>();
        if (!Box.IsEmpty && Box != earlier?.Box)
        {
            prompts.Add(new BoxPrompt(Box));
        }

        AddScribble(Polarity.Negative, Without(Outside, earlier?.Outside ?? Nothing));
        AddScribble(Polarity.Positive, Without(Inside, earlier?.Inside ?? Nothing));
        prompts.AddRange(Background.Skip(earlier?.Background.Length ?? 0).Select(at => new PointPrompt(Polarity.Negative, at)));
        prompts.AddRange(Foreground.Skip(earlier?.Foreground.Length ?? 0).Select(at => new PointPrompt(Polarity.Positive, at)));
        return prompts;

        void AddScribble(Polarity polarity, BitBlock voxels)
        {
            if (!voxels.Box.IsEmpty)
            {
                prompts.Add(new ScribblePrompt(polarity, voxels));
            }
        }
    }

    // In its own bounding box, so that it is empty when nothing is left.
    private static BitBlock Without(BitBlock voxels, BitBlock taken)
    {
        var bits = voxels.Bits.ToArray();
        var other = taken.Crop(voxels.Box).Bits;
        for (var n = 0; n < bits.Length; n++)
        {
            bits[n] &= (byte)~other[n];
        }

        var left = BitBlock.FromPacked(voxels.Box, bits);
        return left.Crop(left.BoundingBox);
    }
}
