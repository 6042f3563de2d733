using SegBridge.Cli.Cases;
using SegBridge.Cli.Cases.Given;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Tests.Evaluate;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Cli.Tests.Cases;

public sealed class DatasetFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("segbridge-pairs-").FullName;

    [Theory]
    [InlineData("images/a.nii.gz", "labels/a.nii.gz")]
    [InlineData("imagesTr/a_0000.nii.gz", "labelsTr/a.nii.gz")]
    [InlineData("images/a.png", "masks/a.png")]
    [InlineData("images/a.nrrd", "masks/a_mask.nrrd")]
    [InlineData("a.nii", "a_seg.nii")]
    [InlineData("a.png", "a-label.png")]
    public void Images_find_their_labels_by_their_names(string image, string label)
    {
        Touch(image, label, "notes.txt", Path.Combine(Path.GetDirectoryName(image)!, "lonely.nii.gz"));
        var pair = Assert.Single(PairedFiles.Find(_folder));
        Assert.Equal((image, label), (pair.Image.Replace('\\', '/'), pair.Label.Replace('\\', '/')));
        Assert.Single(Dataset.Open(_folder));
    }

    [Fact]
    public void A_folder_of_data_sets_is_all_of_them_and_one_of_nothing_is_refused()
    {
        Assert.Contains("ct_label.nii.gz", Assert.Throws<UserException>(() => Dataset.Open(_folder)).Message, StringComparison.Ordinal);
        Touch("a/x", "b/x");
        foreach (var name in new[] { "a", "b" })
        {
            File.WriteAllText(Path.Combine(_folder, name, "dataset.json"), """{"labels": {"1": "liver"}, "cases": []}""");
        }

        var sets = Dataset.Open(_folder);
        Assert.Equal(["a", "b"], sets.Select(set => set.Name));
        Assert.Equal(("liver", "label 2", "all"), (sets[0].LabelOf(1), sets[0].LabelOf(2), sets[0].LabelOf(null)));
    }

    [Fact]
    public void Scribbles_of_an_array_are_positive_and_negative_from_one_half_on()
    {
        var pixels = new float[2 * 3 * 4];
        (pixels[5], pixels[6], pixels[12 + 11]) = (0.5f, 0.49f, 1);
        Npy.Write(Path.Combine(_folder, "a_0.npy"), pixels, 2, 3, 4);
        var labelled = TinySlices.Case(rows: 3, columns: 4);
        var (positive, negative) = GivenScribbles.Read(Path.Combine(_folder, "a_0.npy"), labelled, 1).On(new SlicePlane(Axis.K, 0));
        Assert.Equal((1, true, 1, true), (positive.Count, positive[1, 1], negative.Count, negative[2, 3]));
        Npy.Write(Path.Combine(_folder, "b.npy"), new float[8], 2, 2, 2);
        var error = Assert.Throws<UserException>(() => GivenScribbles.Read(Path.Combine(_folder, "b.npy"), labelled, 1));
        Assert.Contains("(2, 3, 4)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(60)]
    [InlineData(200)]
    public void An_array_that_is_cut_off_is_refused(int bytes)
    {
        var path = Path.Combine(_folder, "a.npy");
        Npy.Write(path, new float[24], 2, 3, 4);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..bytes]);
        Assert.Throws<UserException>(() => NpyArray.Read(path));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Touch(params string[] files)
    {
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, file))!);
            File.WriteAllText(Path.Combine(_folder, file), "");
        }
    }
}
