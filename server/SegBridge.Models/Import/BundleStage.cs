using System.Text.RegularExpressions;

namespace SegBridge.Models.Import;

/// <summary>
/// A bundle under construction in a hidden folder beside the finished ones, which the server does not look into. It
/// appears under its id in one step, or not at all.
/// </summary>
internal sealed partial class BundleStage : IDisposable
{
    private readonly string _target;
    private readonly bool _replace;

    /// <exception cref="ImportException">The id is not one, or is taken.</exception>
    public BundleStage(string modelsFolder, string id, bool replace)
    {
        if (!IdPattern().IsMatch(id))
        {
            throw new ImportException($"the id must be 1 to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or digit; got \"{id}\"");
        }

        _replace = replace;
        var models = Path.GetFullPath(modelsFolder);
        _target = Path.Combine(models, id);
        RequireFree();
        Directory.CreateDirectory(models);
        Shelf = Path.Combine(models, $".import-{Guid.NewGuid():n}");
        Folder = Directory.CreateDirectory(Path.Combine(Shelf, id)).FullName;
    }

    /// <summary>A folder with this one bundle, as a repository reads it.</summary>
    public string Shelf { get; }

    /// <summary>The bundle's folder until it is published.</summary>
    public string Folder { get; }

    /// <summary>Puts the bundle in its place and returns its folder.</summary>
    /// <exception cref="ImportException">The id was taken meanwhile.</exception>
    public string Publish()
    {
        RequireFree();
        if (!Directory.Exists(_target))
        {
            Directory.Move(Folder, _target);
            return _target;
        }

        var old = Path.Combine(Shelf, ".old");
        Directory.Move(_target, old);
        try
        {
            Directory.Move(Folder, _target);
        }
        catch
        {
            Directory.Move(old, _target);
            throw;
        }

        return _target;
    }

    public void Dispose()
    {
        if (Directory.Exists(Shelf))
        {
            Directory.Delete(Shelf, recursive: true);
        }
    }

    private void RequireFree()
    {
        if (File.Exists(_target) || (!_replace && Directory.Exists(_target)))
        {
            throw new ImportException($"there is a model \"{Path.GetFileName(_target)}\" already in {Path.GetDirectoryName(_target)}: choose another id, or replace it with --replace");
        }
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z")]
    private static partial Regex IdPattern();
}
