namespace SegBridge.Cli.Simulation.Scribbles;

/// <summary>
/// How many pixels along rows and columns one unit of a drawn stroke's wobble and gaps takes: one pixel on the drawing
/// grid of a 2D reader, one millimetre for a reader of volumes.
/// </summary>
/// <param name="Down">Pixels down (from row to row) in a unit.</param>
/// <param name="Across">Pixels across (from column to column) in a unit.</param>
internal readonly record struct StrokeUnit(double Down, double Across)
{
    public static StrokeUnit Pixel { get; } = new(1, 1);
}
