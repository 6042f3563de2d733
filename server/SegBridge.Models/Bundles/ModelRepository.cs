using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SegBridge.Models.Inference;

namespace SegBridge.Models.Bundles;

/// <summary>
/// All bundles of one folder, each in a folder of its own. Bundles that come, change or go are noticed whenever the
/// repository is asked; they load in the background. Safe for concurrent use.
/// </summary>
public sealed class ModelRepository : IDisposable
{
    private readonly object _gate = new();
    private readonly SortedDictionary<string, ModelBundle> _bundles = new(StringComparer.Ordinal);
    private readonly BundleLoader _loader;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private Task _loads = Task.CompletedTask;
    private bool _missing;
    private bool _disposed;

    /// <summary>Starts loading what is in the folder.</summary>
    /// <param name="folder">May be missing, or come into being later.</param>
    /// <param name="device">Where networks run. It must outlive the repository.</param>
    /// <param name="logger">Null: silent.</param>
    public ModelRepository(string folder, InferenceDevice device, ILogger? logger = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(device);
        Folder = Path.GetFullPath(folder);
        Device = device;
        _logger = logger ?? NullLogger.Instance;
        _loader = new BundleLoader(device, _logger);
        _ = Bundles;
    }

    /// <summary>Full path.</summary>
    public string Folder { get; }

    public InferenceDevice Device { get; }

    /// <summary>All bundles as they are on disk now, by id; new ones are <see cref="BundleState.Loading"/>.</summary>
    public IReadOnlyList<ModelBundle> Bundles
    {
        get
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                Refresh();
                return [.. _bundles.Values];
            }
        }
    }

    /// <summary>Bytes of image features that networks keep by themselves, to be given up by <see cref="ShrinkCaches"/>.</summary>
    public long CachedBytes
    {
        get
        {
            lock (_gate)
            {
                return _bundles.Values.Sum(bundle => bundle.Network?.CachedBytes ?? 0);
            }
        }
    }

    /// <summary>
    /// The model for requests that name none; null when none is ready. Waits while bundles load, so that it does not
    /// depend on which loads first.
    /// </summary>
    public string? DefaultModelId
    {
        get
        {
            var bundles = Bundles;
            Task.WaitAll([.. bundles.Select(bundle => bundle.Settled)]);
            return DefaultOf(bundles)?.Id;
        }
    }

    /// <summary>
    /// The ready bundle that a newcomer is served best with: 2D before 3D, within that the plainest family, then by id.
    /// Null while bundles load, and when none is ready.
    /// </summary>
    public static ModelBundle? DefaultOf(IReadOnlyList<ModelBundle> bundles) =>
        bundles.Any(bundle => bundle.State == BundleState.Loading)
            ? null
            : bundles.Where(bundle => bundle.State == BundleState.Ready)
                .OrderBy(bundle => bundle.Manifest!.Dimension)
                .ThenBy(bundle => bundle.Manifest!.Family)
                .ThenBy(bundle => bundle.Id, StringComparer.Ordinal)
                .FirstOrDefault();

    /// <summary>A bundle that is ready; waits while it is loading.</summary>
    /// <exception cref="ModelNotFoundException">There is none of that id; the message names those there are.</exception>
    /// <exception cref="ModelRefusedException">It cannot be used; the message says why.</exception>
    public ModelBundle Get(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        var bundles = Bundles;
        var bundle = bundles.FirstOrDefault(candidate => candidate.Id == id)
            ?? throw new ModelNotFoundException(bundles.Count == 0
                ? $"there is no model \"{id}\"; no models are installed in {Path.GetFileName(Folder)}"
                : $"there is no model \"{id}\"; there are: {string.Join(", ", bundles.Select(candidate => candidate.Id))}");
        bundle.Settled.Wait();
        return bundle.State == BundleState.Ready
            ? bundle
            : throw new ModelRefusedException($"model {id} cannot be used: {bundle.Reason}");
    }

    /// <summary>Gives up the image features that no step uses at this moment; false when there were none.</summary>
    public bool ShrinkCaches()
    {
        lock (_gate)
        {
            var shrunk = false;
            foreach (var bundle in _bundles.Values)
            {
                shrunk |= bundle.Network?.ShrinkCache() == true;
            }

            return shrunk;
        }
    }

    /// <summary>Ends when every bundle that is on disk now is ready or refused.</summary>
    public Task WhenLoadedAsync(CancellationToken cancellation = default) =>
        Task.WhenAll(Bundles.Select(bundle => bundle.Settled)).WaitAsync(cancellation);

    /// <summary>
    /// Gives all networks up; steps that run on them end first. Waits for networks that are being loaded, and begins
    /// no other: native code that still loads while the process ends reports errors, or worse.
    /// </summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _closing.Cancel();
            foreach (var bundle in _bundles.Values)
            {
                bundle.Retire();
            }
        }

        _loads.Wait();
        _closing.Dispose();
    }

    private void Refresh()
    {
        var folders = FoldersNow();
        foreach (var gone in _bundles.Keys.Where(id => !folders.ContainsKey(id)).ToList())
        {
            _bundles[gone].Retire();
            _bundles.Remove(gone);
            ModelsLog.BundleRemoved(_logger, gone);
        }

        foreach (var (id, path) in folders)
        {
            var stamp = FolderStamp.Of(path);
            if (_bundles.TryGetValue(id, out var known))
            {
                if (known.Stamp == stamp)
                {
                    continue;
                }

                known.Retire();
            }

            var bundle = new ModelBundle(id, path, stamp);
            _bundles[id] = bundle;
            _loads = Task.WhenAll(_loads, Task.Run(() => _loader.Load(bundle, _closing.Token)));
        }
    }

    private Dictionary<string, string> FoldersNow()
    {
        try
        {
            var folders = Directory.EnumerateDirectories(Folder)
                .Select(path => (Id: Path.GetFileName(path), Path: path))
                .Where(found => found.Id[0] != '.')
                .ToDictionary(found => found.Id, found => found.Path, StringComparer.Ordinal);
            _missing = false;
            return folders;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!_missing)
            {
                _missing = true;
                ModelsLog.BundleFolderMissing(_logger, Folder);
            }

            return [];
        }
    }
}
