namespace SegBridge.Cli.Simulation.Scribbles;

/// <summary>
/// Edges of a mask as published contour scribbles take them: blurred by a 5 × 5 Gaussian of deviation 1, Sobel gradients,
/// what is no maximum across the edge suppressed; 1 above a magnitude of 0.2, ½ above 0.1, not joined by hysteresis.
/// </summary>
internal static class CannyEdges
{
    private const double Low = 0.1;
    private const double High = 0.2;

    // Straight edges have two equal maxima, between which rounding would decide: the inner one is taken.
    private const double Tie = 1e-5;

    // The neighbour in each of eight directions, 45 degrees apart from "right" on.
    private static readonly (int Down, int Right)[] Neighbours = [(0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1)];

    public static SoftMap Of(SliceMap mask)
    {
        var (rows, columns) = (mask.Rows, mask.Columns);
        var smooth = MirroredBlur.Apply(SoftMap.Of(mask), 1, 2);
        double Smooth(int row, int column) => smooth.Values[(Math.Clamp(row, 0, rows - 1) * columns) + Math.Clamp(column, 0, columns - 1)];
        var (magnitude, direction) = (new double[rows * columns], new int[rows * columns]);
        for (var (row, at) = (0, 0); row < rows; row++)
        {
            for (var column = 0; column < columns; column++, at++)
            {
                double Across(int r) => Smooth(r, column - 1) + (2 * Smooth(r, column)) + Smooth(r, column + 1);
                double Along(int c) => Smooth(row - 1, c) + (2 * Smooth(row, c)) + Smooth(row + 1, c);
                var (down, right) = (Across(row + 1) - Across(row - 1), Along(column + 1) - Along(column - 1));
                magnitude[at] = Math.Sqrt((right * right) + (down * down) + 1e-6);
                direction[at] = ((int)Math.Round(Math.Atan2(down, right) / (Math.PI / 4)) + 8) % 8;
            }
        }

        double Magnitude(int row, int column) => (uint)row < (uint)rows && (uint)column < (uint)columns ? magnitude[(row * columns) + column] : 0;
        var edges = new float[rows * columns];
        for (var at = 0; at < edges.Length; at++)
        {
            var (row, column) = Math.DivRem(at, columns);
            var (ahead, behind) = (Neighbours[direction[at]], Neighbours[(direction[at] + 4) % 8]);
            var isPeak = magnitude[at] - Magnitude(row + ahead.Down, column + ahead.Right) > Tie
                && magnitude[at] - Magnitude(row + behind.Down, column + behind.Right) > -Tie;
            edges[at] = !isPeak || magnitude[at] <= Low ? 0 : magnitude[at] <= High ? 0.5f : 1;
        }

        return new SoftMap(rows, columns, edges);
    }
}
