namespace SegBridge.Models.Tests;

/// <summary>A folder that goes when the test ends.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("segbridge-models-").FullName;

    /// <summary>Copies the shipped bundle into a folder of that name, under that id.</summary>
    public string AddBundle(string id)
    {
        var folder = System.IO.Path.Combine(Path, id);
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(Checkout.ShippedBundle, "*.onnx"))
        {
            File.Copy(file, System.IO.Path.Combine(folder, System.IO.Path.GetFileName(file)), overwrite: true);
        }

        var manifest = File.ReadAllText(System.IO.Path.Combine(Checkout.ShippedBundle, "model.json"));
        File.WriteAllText(System.IO.Path.Combine(folder, "model.json"), manifest.Replace("\"id\": \"scribble-2d\"", $"\"id\": \"{id}\"", StringComparison.Ordinal));
        return folder;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
