using System.Security.Cryptography;

namespace SegBridge.Sessions.Tasks.Disk;

/// <summary>
/// A place where things are made before they appear, by one rename, where they belong, and into which they vanish, by one
/// rename, before they are deleted. Whatever is left here by a killed server is deleted at the next start.
/// </summary>
internal sealed class WorkFolder
{
    private readonly string _path;

    public WorkFolder(string path)
    {
        _path = path;
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }

        PrivateFiles.MakeFolder(path);
    }

    /// <summary>A new name; what is there when it is disposed is deleted.</summary>
    public Place NewPlace() => new(Path.Combine(_path, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))));

    /// <summary>A new empty folder.</summary>
    public Place NewFolder()
    {
        var place = NewPlace();
        PrivateFiles.MakeFolder(place.Path);
        return place;
    }

    /// <summary>Deletes a folder elsewhere so that it is there as a whole or not at all.</summary>
    public void Delete(string folder)
    {
        using var gone = NewPlace();
        Directory.Move(folder, gone.Path);
    }

    /// <summary>A name within the work folder.</summary>
    internal sealed class Place(string path) : IDisposable
    {
        public string Path { get; } = path;

        public void Dispose()
        {
            if (Directory.Exists(Path))
            {
                Directory.Delete(Path, recursive: true);
            }
            else
            {
                File.Delete(Path);
            }
        }
    }
}
