using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SegBridge.Server.Doors.Frame;
using SegBridge.Server.Hosting;

namespace SegBridge.Server.Doors.Monai;

/// <summary>
/// Keeps files in a folder laid out as MONAI Label lays out its own, so that a site can take its studies over:
/// <c>IMAGE.nii.gz</c>, <c>labels/TAG/IMAGE.nii.gz</c>, and what is known of them in <c>datastore_v2.json</c>.
/// </summary>
internal sealed class FolderShelf : IFileShelf
{
    private const string LabelFolder = "labels";
    private const string Index = "datastore_v2.json";
    private const string Other = ".bin";
    private static readonly string[] Extensions = [".seg.nrrd", ".nii.gz", ".nrrd", ".nii", Other];

    private readonly string _folder;

    /// <param name="folder">Made when it is not there, in a folder that is.</param>
    /// <exception cref="ServerConfigurationException">The folder cannot be used.</exception>
    public FolderShelf(string folder)
    {
        _folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        try
        {
            // A path with a mistake in it is not meant to become a new store.
            RequireFolder(Path.GetDirectoryName(_folder) ?? _folder);
            if (File.Exists(_folder))
            {
                throw new IOException("it is a file");
            }

            Directory.CreateDirectory(_folder);
            Directory.CreateDirectory(Path.Combine(_folder, LabelFolder));
            RequireWriting();
            Found = [.. Find()];
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new ServerConfigurationException($"the folder for images and labels {_folder} cannot be used: {cause.Message}", cause);
        }
    }

    public IEnumerable<(string Image, string? Tag, StoredFile File)> Found { get; }

    public StoredFile Put(string image, string? tag, UploadedFile file, JsonObject info, StoredFile? former)
    {
        var folder = tag is null ? _folder : Path.Combine(_folder, LabelFolder, Escape(tag));
        var extension = Extensions.Contains(file.Extension) ? file.Extension : Other;
        var path = Path.Combine(folder, Escape(image) + extension);
        Replace(path, unfinished =>
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(unfinished, file.Content);
        });
        if (former is not null && former.Extension != extension)
        {
            former.Remove();
        }

        return FileAt(path, extension, info);
    }

    public void Describe(JsonObject datastore) =>
        Replace(Path.Combine(_folder, Index), unfinished => File.WriteAllText(unfinished, datastore.ToJsonString()));

    private static void RequireFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"there is no folder {folder} that it could lie in");
        }
    }

    // What can be read need not be writable: better told now than to the user who saves the first label.
    private void RequireWriting() =>
        new FileStream(Path.Combine(_folder, ".writable"), FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();

    private IEnumerable<(string Image, string? Tag, StoredFile File)> Find()
    {
        var known = ReadIndex()["objects"] as JsonObject;
        foreach (var (image, path, extension) in FilesIn(_folder))
        {
            yield return (image, null, FileAt(path, extension, InfoOf(known?[image]?["image"])));
        }

        foreach (var tagFolder in Directory.GetDirectories(Path.Combine(_folder, LabelFolder)))
        {
            var tag = Uri.UnescapeDataString(Path.GetFileName(tagFolder));
            foreach (var (image, path, extension) in FilesIn(tagFolder))
            {
                yield return (image, tag, FileAt(path, extension, InfoOf(known?[image]?["labels"]?[tag])));
            }
        }
    }

    private static StoredFile FileAt(string path, string extension, JsonObject info) =>
        new(extension, info, () => File.ReadAllBytes(path), () => File.Delete(path));

    private static IEnumerable<(string Image, string Path, string Extension)> FilesIn(string folder) =>
        from path in Directory.GetFiles(folder).Order(StringComparer.Ordinal)
        let name = Path.GetFileName(path)
        let extension = Array.Find(Extensions, extension => name.EndsWith(extension, StringComparison.Ordinal))
        where extension is not null
        select (Uri.UnescapeDataString(name[..^extension.Length]), path, extension);

    /// <summary>An id as the name of a file. It is the clients' text: no character that means something to a file system is left.</summary>
    public static string Escape(string id) => Uri.EscapeDataString(id) is var escaped && escaped.StartsWith('.') ? "%2E" + escaped[1..] : escaped;

    private static JsonObject InfoOf(JsonNode? known) => known?["info"]?.DeepClone() as JsonObject ?? [];

    private JsonObject ReadIndex()
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, Index))) as JsonObject ?? [];
        }
        catch (Exception none) when (none is IOException or System.Text.Json.JsonException)
        {
            // The files are what counts; what is said of them can be said again.
            return [];
        }
    }

    private static void Replace(string path, Action<string> write)
    {
        var unfinished = path + ".part";
        try
        {
            write(unfinished);
            File.Move(unfinished, path, overwrite: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(unfinished))
            {
                File.Delete(unfinished);
            }

            throw new DoorException(StatusCodes.Status507InsufficientStorage, "the server cannot write to its folder of images, whose disk may be full; ask its operator");
        }
    }
}
