using SegBridge.Imaging.Geometry;

namespace SegBridge.Sessions.Sections;

/// <summary>Where a 2D model works: a slice of the volume's own grid, or one in any direction.</summary>
internal abstract record Section
{
    private Section()
    {
    }

    /// <summary>The slice of the volume's grid; null for an oblique one.</summary>
    public SlicePlane? Slice => (this as OnGrid)?.Plane;

    /// <summary>The oblique slice; null for one of the grid.</summary>
    public ObliquePlane? Tilted => (this as Oblique)?.Plane;

    /// <summary>For messages.</summary>
    public string Title => this is OnGrid { Plane: var plane } ? $"slice {plane.Axis} = {plane.Index}" : "oblique slice";

    public static implicit operator Section(SlicePlane plane) => new OnGrid(plane);

    public sealed record OnGrid(SlicePlane Plane) : Section;

    public sealed record Oblique(ObliquePlane Plane) : Section;
}
