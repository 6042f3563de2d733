namespace SegBridge.Imaging.Formats;

/// <summary>The unit of length of a NRRD header: mm where it names none.</summary>
internal static class NrrdUnits
{
    /// <param name="header">Its "space units", or its "units" where <paramref name="axes"/> is given, are read.</param>
    /// <param name="axes">The spatial axes of a header without space directions, else null.</param>
    /// <param name="dimension">Number of axes of the header.</param>
    /// <returns>Millimetres per unit.</returns>
    public static double Millimetres(NrrdHeader header, IReadOnlyList<int>? axes, int dimension)
    {
        var field = axes is null || header["units"] is null ? "space units" : "units";
        var words = header.PerAxis(field, field == "units" ? dimension : 3);
        if (words is null)
        {
            return 1;
        }

        var spatial = field == "units" ? axes!.Select(axis => words[axis]) : words;
        var factors = spatial.Select(word => FactorOf(word, field)).Distinct().ToList();
        return factors.Count == 1
            ? factors[0]
            : throw new VolumeFormatException(
                $"NRRD \"{field}\" must be the same along all spatial axes, got \"{NrrdText.Quote(header[field]!)}\"");
    }

    private static double FactorOf(string word, string field) => word.Trim('"').Trim() switch
    {
        "" or "???" or "mm" or "millimeter" or "millimeters" or "millimetre" => 1,
        "cm" => 10,
        "m" => 1000,
        "um" or "µm" or "μm" or "micron" or "microns" or "micrometer" => 0.001,
        _ => throw new VolumeFormatException($"NRRD \"{field}\" must be \"mm\", \"cm\", \"m\" or \"um\", got {NrrdText.Quote(word)}"),
    };
}
