using SegBridge.Models.Inference;

namespace SegBridge.Models.Bundles;

/// <summary>A model on disk as found at one time; a changed folder becomes another instance.</summary>
public sealed class ModelBundle
{
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object _gate = new();
    private volatile Outcome? _outcome;
    private bool _retired;

    internal ModelBundle(string id, string folder, FolderStamp stamp)
    {
        Id = id;
        Folder = folder;
        Stamp = stamp;
    }

    /// <summary>The folder's name, which the manifest's id must equal.</summary>
    public string Id { get; }

    /// <summary>Full path.</summary>
    public string Folder { get; }

    public BundleState State => _outcome switch
    {
        null => BundleState.Loading,
        { Reason: null } => BundleState.Ready,
        _ => BundleState.Refused,
    };

    /// <summary>Null while loading, and when it cannot be read.</summary>
    public ModelManifest? Manifest => _outcome?.Manifest;

    /// <summary>Why the bundle is refused, for the person who installed it; null otherwise.</summary>
    public string? Reason => _outcome?.Reason;

    /// <summary>"cpu" or "cuda:0"; empty unless ready.</summary>
    public string Device => _outcome?.Network?.Device ?? "";

    /// <summary>Bytes on disk of all parts that are there; 0 while loading.</summary>
    public long SizeBytes => _outcome?.SizeBytes ?? 0;

    /// <summary>Ends when the bundle is ready or refused; never fails.</summary>
    internal Task Settled => _settled.Task;

    internal FolderStamp Stamp { get; }

    internal LeasedNetwork? Network => _outcome?.Network;

    internal void Accept(ModelManifest manifest, LeasedNetwork network, long sizeBytes) =>
        Settle(new Outcome(manifest, null, network, sizeBytes));

    internal void Refuse(ModelManifest? manifest, string reason, long sizeBytes) =>
        Settle(new Outcome(manifest, reason, null, sizeBytes));

    /// <summary>Gives the network up as soon as nothing runs on it any more.</summary>
    internal void Retire()
    {
        lock (_gate)
        {
            _retired = true;
            _outcome?.Network?.Release();
        }
    }

    private void Settle(Outcome outcome)
    {
        lock (_gate)
        {
            _outcome = outcome;
            if (_retired)
            {
                outcome.Network?.Release();
            }
        }

        _settled.TrySetResult();
    }

    private sealed record Outcome(ModelManifest? Manifest, string? Reason, LeasedNetwork? Network, long SizeBytes);
}
