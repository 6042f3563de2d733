namespace SegBridge.Cli.Cases;

/// <summary>
/// Images and labels that belong together by their names: the same name in two folders (<c>images</c> and <c>labels</c>,
/// <c>imagesTr</c> and <c>labelsTr</c>, …; the image may end in <c>_0000</c>), or side by side with a word added to the
/// label's name (<c>ct.nii.gz</c> and <c>ct_seg.nii.gz</c>).
/// </summary>
internal static class PairedFiles
{
    private static readonly string[] ImageFolders = ["images", "imagesTr", "image", "img"];
    private static readonly string[] LabelFolders = ["labels", "labelsTr", "label", "masks", "mask", "segmentations", "annotations"];
    private static readonly string[] LabelWords = ["label", "labels", "seg", "segmentation", "mask", "gt"];

    /// <summary>In the order of their names; empty when the folder holds no pair.</summary>
    public static IReadOnlyList<DatasetCase> Find(string folder)
    {
        var (images, labels) = (Existing(folder, ImageFolders), Existing(folder, LabelFolders));
        return images is not null && labels is not null ? Between(folder, images, labels) : Between(folder, "", "");
    }

    private static string? Existing(string folder, IEnumerable<string> names) =>
        names.FirstOrDefault(name => Directory.Exists(Path.Combine(folder, name)));

    private static DatasetCase[] Between(string folder, string images, string labels)
    {
        var labelled = FilesIn(folder, labels).ToDictionary(file => VolumeName.Of(file), StringComparer.OrdinalIgnoreCase);
        var pairs =
            from file in FilesIn(folder, images)
            let image = Path.Combine(images, file)
            let label = NamesOfLabel(VolumeName.Of(file), sameName: images != labels).Select(labelled.GetValueOrDefault).FirstOrDefault(found => found is not null)
            where label is not null
            select new DatasetCase(VolumeName.Of(file), image, Path.Combine(labels, label), null, VolumeName.Of(file), []);
        return [.. pairs.OrderBy(pair => pair.Id, StringComparer.Ordinal)];
    }

    private static IEnumerable<string> NamesOfLabel(string image, bool sameName)
    {
        if (sameName)
        {
            yield return image;
            if (image.EndsWith("_0000", StringComparison.Ordinal))
            {
                yield return image[..^5];
            }
        }

        foreach (var word in LabelWords)
        {
            yield return $"{image}_{word}";
            yield return $"{image}-{word}";
            yield return $"{image}.{word}";
        }
    }

    private static IEnumerable<string> FilesIn(string folder, string within) =>
        Directory.EnumerateFiles(Path.Combine(folder, within)).Select(path => Path.GetFileName(path)!)
            // Of a pair of header and voxels the header alone is the volume.
            .Where(file => VolumeName.IsVolume(file) && !file.EndsWith(".img", StringComparison.OrdinalIgnoreCase));
}
