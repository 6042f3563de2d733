using System.Diagnostics;
using Grpc.Core;
using SegBridge.Imaging.Formats;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Client;

/// <summary>
/// A session on one volume: sends the bricks that a step asks for while it runs, and keeps each segment's mask up to
/// date from what changed. One step at a time.
/// </summary>
internal sealed class ClientSession : IAsyncDisposable
{
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(2);

    private readonly ServerConnection _connection;
    private readonly Volume _volume;
    private readonly Dictionary<string, VolumeMask> _masks = [];

    private ClientSession(ServerConnection connection, Volume volume, V1.OpenSessionReply reply)
    {
        (_connection, _volume) = (connection, volume);
        (Id, ModelId) = (reply.SessionId, reply.ModelId);
        Bricks = new BrickSender(connection, Id, volume, new BrickGrid(volume.Geometry.Size, reply.BrickSize.FromWire()));
    }

    public string Id { get; }

    /// <summary>The model that the server uses unless a step names another.</summary>
    public string ModelId { get; }

    public BrickSender Bricks { get; }

    /// <param name="connection">Where to.</param>
    /// <param name="volume">Described now; its voxels travel later.</param>
    /// <param name="brick">Voxels of a brick along each axis.</param>
    /// <param name="window">The values the reader looks at, or null.</param>
    /// <param name="modelId">Null: the server's default.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="modality">What made the image; decides how some models scale it.</param>
    /// <exception cref="RpcException">The server refused.</exception>
    public static async Task<ClientSession> OpenAsync(
        ServerConnection connection,
        Volume volume,
        VolumeSize brick,
        IntensityWindow? window,
        string? modelId,
        CancellationToken cancellationToken,
        Modality modality = Modality.Unknown)
    {
        var description = new V1.Volume
        {
            Geometry = volume.Geometry.ToWire(),
            VoxelType = volume.VoxelType.ToWire(),
            RescaleSlope = volume.Rescale.Slope,
            RescaleIntercept = volume.Rescale.Intercept,
            BrickSize = brick.ToWire(),
            DisplayWindow = WindowToWire(window),
            Modality = modality.ToWire(),
        };
        var reply = await connection.Sessions.OpenSessionAsync(
            new V1.OpenSessionRequest { Volume = description, ModelId = modelId ?? "", Client = $"segbridge {ProductVersion.Text}" },
            cancellationToken: cancellationToken);
        return new ClientSession(connection, volume, reply);
    }

    /// <summary>Takes a session up again: sends the bricks that the server lost, and gets all masks.</summary>
    /// <param name="connection">Where to; may be to a server that was started anew.</param>
    /// <param name="volume">The same that the session was opened on.</param>
    /// <param name="id">The session's.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The session, and what the server could not bring back, in words; empty when it was all.</returns>
    /// <exception cref="RpcException">The server refused.</exception>
    public static async Task<(ClientSession Session, string Lost)> ResumeAsync(
        ServerConnection connection, Volume volume, string id, CancellationToken cancellationToken)
    {
        var request = new V1.ResumeSessionRequest { SessionId = id };
        var reply = await connection.Sessions.ResumeSessionAsync(request, cancellationToken: cancellationToken);
        var session = new ClientSession(connection, volume, reply.Session);
        while (reply.NeededBricks.Count > 0)
        {
            await session.Bricks.SendAsync([.. reply.NeededBricks.Select(brick => brick.FromWire())], cancellationToken);
            reply = await connection.Sessions.ResumeSessionAsync(request, cancellationToken: cancellationToken);
        }

        foreach (var segment in reply.Segments.Where(segment => segment.VoxelCount > 0))
        {
            var mask = await connection.Sessions.GetMaskAsync(
                new V1.GetMaskRequest { SessionId = id, SegmentId = segment.Id }, cancellationToken: cancellationToken);
            session.MaskOf(segment.Id).Replace(mask.Mask.FromWire());
        }

        return (session, reply.Lost);
    }

    /// <summary>The mask of a segment as the client knows it; empty before the first step.</summary>
    public VolumeMask MaskOf(string segmentId)
    {
        if (!_masks.TryGetValue(segmentId, out var mask))
        {
            mask = _masks[segmentId] = new VolumeMask(_volume.Geometry.Size);
        }

        return mask;
    }

    /// <summary>How likely each voxel belongs to a segment, as an image with values from 0 to 1.</summary>
    /// <exception cref="RpcException">The server refused or the connection broke.</exception>
    public async Task<Volume> ProbabilitiesOfAsync(string segmentId, CancellationToken cancellationToken)
    {
        var request = new V1.ExportRequest { SessionId = Id, SegmentIds = { segmentId }, Format = V1.FileFormat.NiftiProbabilities };
        using var call = _connection.Export.ExportSegments(request, cancellationToken: cancellationToken);
        using var file = new MemoryStream();
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            call.ResponseStream.Current.Data.WriteTo(file);
        }

        file.Position = 0;
        return VolumeFile.Read(file, "the server's answer");
    }

    /// <summary>One step: sends new prompts, then bricks as they are asked for, and applies the answer.</summary>
    /// <exception cref="RpcException">The server refused or the connection broke.</exception>
    public Task<ClientStep> PredictAsync(
        string segmentId, IEnumerable<V1.Prompt> prompts, SlicePlane? slice, IntensityWindow? window, CancellationToken cancellationToken)
    {
        var request = new V1.PredictRequest { SegmentId = segmentId, Window = WindowToWire(window), Slice = slice?.ToWire() };
        request.Prompts.AddRange(prompts);
        return PredictAsync(request, cancellationToken);
    }

    /// <summary>The same for a request with all it can have; its session is set here.</summary>
    /// <exception cref="RpcException">The server refused or the connection broke.</exception>
    public async Task<ClientStep> PredictAsync(V1.PredictRequest request, CancellationToken cancellationToken)
    {
        var meter = new StepMeter(_connection.Bytes);
        request.SessionId = Id;
        using var call = _connection.Sessions.Predict(request, cancellationToken: cancellationToken);
        V1.StepResult? result = null;
        V1.Candidates? candidates = null;
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            switch (call.ResponseStream.Current)
            {
                case { NeedsBricks: { } needs }:
                    await Bricks.SendAsync([.. needs.Required.Select(brick => brick.FromWire())], cancellationToken);
                    break;
                case { Candidates: { } proposed }:
                    candidates = proposed;
                    break;
                case { Result: { } last }:
                    result = last;
                    break;
            }
        }

        if (result is null)
        {
            throw new RpcException(new Status(StatusCode.Internal, "the server ended a step without a result"));
        }

        var applied = Stopwatch.GetTimestamp();
        Apply(request.SegmentId, result.Changed);
        return meter.StepOf(result, ClientCandidates.Of(candidates)) with
        {
            Parts = ServerTimingTrailer.Parse(call.GetTrailers()),
            ApplyMs = Stopwatch.GetElapsedTime(applied).TotalMilliseconds,
        };
    }

    /// <summary>Makes another candidate of the current step the segment's mask.</summary>
    /// <exception cref="RpcException">The server refused: the step is no longer the current one, say.</exception>
    public async Task<ClientStep> ChooseAsync(string segmentId, int step, int candidate, CancellationToken cancellationToken)
    {
        var meter = new StepMeter(_connection.Bytes);
        var result = await _connection.Sessions.ChooseCandidateAsync(
            new V1.ChooseCandidateRequest { SessionId = Id, SegmentId = segmentId, Step = (uint)step, Candidate = (uint)candidate },
            cancellationToken: cancellationToken);
        Apply(segmentId, result.Changed);
        return meter.StepOf(result, null);
    }

    /// <summary>Fills slices from finished ones, sends bricks as they are asked for, and applies each slice as it comes.</summary>
    /// <returns>Where directions ended early.</returns>
    /// <exception cref="RpcException">The server refused or the connection broke.</exception>
    public async Task<IReadOnlyList<V1.PropagationStop>> PropagateAsync(V1.PropagateRequest request, CancellationToken cancellationToken)
    {
        request.SessionId = Id;
        var stops = new List<V1.PropagationStop>();
        using var call = _connection.Sessions.Propagate(request, cancellationToken: cancellationToken);
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            switch (call.ResponseStream.Current)
            {
                case { NeedsBricks: { } needs }:
                    await Bricks.SendAsync([.. needs.Required.Select(brick => brick.FromWire())], cancellationToken);
                    break;
                case { Result: { } slice } when slice.Changed.FromWire() is { Box.IsEmpty: false } changed:
                    MaskOf(request.SegmentId).Replace(changed);
                    break;
                case { Stopped: { } stop }:
                    stops.Add(stop);
                    break;
            }
        }

        return stops;
    }

    /// <summary>Closes the session in the server; a server that is gone already is none of our business.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _connection.Sessions.CloseSessionAsync(
                new V1.CloseSessionRequest { SessionId = Id }, deadline: DateTime.UtcNow + CloseWithin);
        }
        catch (RpcException)
        {
            // The server forgets idle sessions by itself.
        }
    }

    private void Apply(string segmentId, V1.MaskRegion? changed)
    {
        var block = changed.FromWire();
        if (!block.Box.IsEmpty)
        {
            MaskOf(segmentId).Replace(block);
        }
    }

    private static V1.IntensityWindow? WindowToWire(IntensityWindow? window) =>
        window is { } w ? new V1.IntensityWindow { Lower = w.Lower, Upper = w.Upper } : null;
}
