using System.Net;
using SegBridge.Imaging.Dicom.Web;
using SegBridge.Models.Inference;
using SegBridge.Sessions;
using SegBridge.Sessions.Journal;
using SegBridge.Sessions.Tasks;

namespace SegBridge.Server.Hosting;

/// <summary>Everything a server needs to start. The defaults suit one user on one workstation.</summary>
public sealed record ServerOptions
{
    /// <summary>Folder of model bundles, one sub-folder each; it is watched while the server runs.</summary>
    public required string ModelFolder { get; init; }

    /// <summary>
    /// Address to listen on. Anything but a loopback address opens the server to others: then set <see cref="Tls"/>
    /// and <see cref="KeyFile"/>.
    /// </summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Port for gRPC over HTTP/2; with TLS for everything. 0: any free port, see <see cref="RunningServer.Grpc"/>.</summary>
    public int GrpcPort { get; init; } = 8710;

    /// <summary>Port for the page, gRPC-Web and the health pages over HTTP/1.1; not used with TLS. 0: any free port.</summary>
    public int HttpPort { get; init; } = 8711;

    /// <summary>Ports for the clients of other servers; none by default.</summary>
    public IReadOnlyList<DoorSettings> Doors { get; init; } = [];

    /// <summary>What the door for MONAI Label's clients offers, when it is open.</summary>
    public MonaiSettings Monai { get; init; } = new();

    /// <summary>Null: plain text, gRPC on one port and gRPC-Web on the other. Set: both on <see cref="GrpcPort"/>, encrypted.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>
    /// File of hashed API keys, one <c>name:sha256$salt$hash</c> or <c>name:pbkdf2$salt$hash</c> on a line; re-read when
    /// it changes. Null: calls need no key.
    /// </summary>
    public string? KeyFile { get; init; }

    /// <summary>
    /// Origins of web pages that may call this server ("https://viewer.example"), besides pages on this computer's own
    /// address of the server. "*" means any page, which only suits a server with keys.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Where networks run, and how.</summary>
    public InferenceSettings Inference { get; init; } = new();

    /// <summary>Limits and time limits of sessions.</summary>
    public SessionOptions Sessions { get; init; } = new();

    /// <summary>
    /// Where sessions keep what they need to survive the server: prompts and coordinates, no pixels. Null: a session ends
    /// with the server.
    /// </summary>
    public JournalOptions? Journal { get; init; }

    /// <summary>Examples for models that learn from context; off unless a folder is named, for their pixels rest on disk there.</summary>
    public TaskOptions Tasks { get; init; } = new();

    /// <summary>
    /// DICOM archives that sessions can be opened from and results be stored in, by the names that clients choose from: they never give an address.
    /// </summary>
    public IReadOnlyDictionary<string, DicomWebArchive> Archives { get; init; } = new Dictionary<string, DicomWebArchive>();

    /// <summary>
    /// Volumes that the page for browsers offers to try, by file name ("phantom.nii.gz", served below /samples); made when
    /// first asked for. Anybody who reaches the server may read them.
    /// </summary>
    public IReadOnlyDictionary<string, Func<byte[]>> Samples { get; init; } = new Dictionary<string, Func<byte[]>>();

    /// <summary>Limits of messages, connections and calls.</summary>
    public LimitSettings Limits { get; init; } = new();

    /// <summary>What the log shows and where it goes.</summary>
    public LogSettings Log { get; init; } = new();

    /// <summary>How long calls in progress may go on once the server stops.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock of time limits and rate limits.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
