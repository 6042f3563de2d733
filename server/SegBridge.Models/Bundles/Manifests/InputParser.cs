namespace SegBridge.Models.Bundles.Manifests;

/// <summary>Reads "input": the grid, and the spacing as "fit", as millimetres, or as a rule that follows the object.</summary>
internal static class InputParser
{
    private const double LeastMm = 1e-4;
    private const double MostMm = 1e4;

    public static InputGrid Parse(ManifestNode node, int dimension)
    {
        IReadOnlyList<int> size = [.. node["size"].Items(dimension, dimension).Select(item => (int)item.Whole(1, 4096))];
        if (size.Aggregate(1L, (product, length) => product * length) > 1L << 26)
        {
            throw new BundleException($"input.size must have at most {1 << 26} elements, got [{string.Join(", ", size)}]");
        }

        var channels = (int)node["channels"].Whole(1, 64);
        var spacing = node["spacing"];
        if (spacing.IsObject)
        {
            return dimension == 3
                ? new InputGrid(size, null, channels) { Fitted = Fitted(spacing) }
                : throw spacing.Wrong("\"fit\" or a list of millimetres");
        }

        if (!spacing.IsText)
        {
            return new InputGrid(size, [.. spacing.Items(dimension, dimension).Select(item => item.Number(LeastMm, MostMm))], channels);
        }

        return spacing.Text(20) == "fit" ? new InputGrid(size, null, channels) : throw spacing.Wrong("\"fit\" or a list of millimetres");
    }

    private static FittedSpacing Fitted(ManifestNode node)
    {
        var minimum = node["minimum"].Number(LeastMm, MostMm);
        var maximum = node["maximum"].Number(minimum, MostMm);
        return new FittedSpacing(minimum, maximum, node["default"].Number(minimum, maximum), node["margin"].Number(1, 10));
    }
}
