using SegBridge.Models.Volumes.Patches;

namespace SegBridge.Models.Volumes;

/// <summary>
/// All prompts so far as maps over a patch: one where a positive prompt ever was, one where a negative one was, and one
/// that is filled inside the box. Cumulative: a voxel once set stays, also in both maps; a later box replaces the box
/// before. Not safe for concurrent use, and not to be changed while a step runs on it.
/// </summary>
public sealed class PromptMaps
{
    internal const int MostMaps = 3;

    private readonly float[] _values;
    private readonly int _voxels;

    /// <summary>Empty maps over a patch of size³ voxels.</summary>
    public PromptMaps(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Size = size;
        _voxels = checked(size * size * size);
        _values = new float[MostMaps * _voxels];
    }

    /// <summary>Voxels along each axis.</summary>
    public int Size { get; }

    /// <summary>[3, R, A, S]: positive, negative, box.</summary>
    internal ReadOnlyMemory<float> Values => _values;

    /// <summary>Adds the prompts of a step.</summary>
    /// <exception cref="ArgumentException">One of them is not on the patch.</exception>
    public void Add(VolumePrompts prompts)
    {
        VolumeInput.RequirePrompts(prompts, Size);
        foreach (var point in prompts.Points)
        {
            Set(point.Positive ? 0 : 1, point.VoxelIn(Size));
        }

        prompts.Positive.ForEach(voxel => Set(0, voxel));
        prompts.Negative.ForEach(voxel => Set(1, voxel));
        if (prompts.Box is { } box)
        {
            Fill(box);
        }
    }

    private void Set(int map, PatchVoxel voxel) => _values[(map * _voxels) + voxel.OffsetIn(Size)] = 1;

    private void Fill(PatchBox box)
    {
        var map = _values.AsSpan(2 * _voxels, _voxels);
        map.Clear();
        for (var r = box.Lower.R; r < box.Upper.R; r++)
        {
            for (var a = box.Lower.A; a < box.Upper.A; a++)
            {
                map.Slice(new PatchVoxel(r, a, box.Lower.S).OffsetIn(Size), box.Upper.S - box.Lower.S).Fill(1);
            }
        }
    }
}
