using System.Security.Cryptography;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Bundles;
using SegBridge.Sessions;
using SegBridge.Sessions.Bricks;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Journal;

namespace SegBridge.Server.Doors.Loop;

/// <summary>Opens sessions for clients that send a whole image at once.</summary>
internal sealed class DoorImages(SessionManager sessions, ModelRepository models, SessionOptions limits)
{
    private const int BatchBytes = 32 << 20;

    /// <summary>The largest image that can be sent, in bytes of voxels.</summary>
    public long MaxBytes => Math.Min(limits.MaxBrickBytesPerSession, Array.MaxLength);

    /// <summary>
    /// The model of clients that cannot name one: their scans are volumes, so a model of volumes where there is one.
    /// </summary>
    /// <exception cref="ModelNotFoundException">No model is ready, or none of that id.</exception>
    public ModelManifest ModelOf(string? id)
    {
        if (id is null)
        {
            var standard = models.DefaultModelId ?? throw new ModelNotFoundException("the server has no model that is ready");
            id = models.Bundles.FirstOrDefault(bundle => bundle is { State: BundleState.Ready, Manifest.Dimension: 3 })?.Id ?? standard;
        }

        return models.Get(id).Manifest!;
    }

    /// <summary>
    /// A session on an image, with all its voxels. One that the client's journal still holds under the same id, on the same
    /// image, is taken up again with its masks and its history.
    /// </summary>
    /// <param name="image">What was sent.</param>
    /// <param name="modelId">Null: see <see cref="ModelOf"/>.</param>
    /// <param name="client">Which dialect, for the log.</param>
    /// <param name="caller">The name of the caller's key.</param>
    /// <param name="id">The session's, 32 lower-case hexadecimal digits; a session of another image under it ends. Null: a new one.</param>
    /// <param name="cancellation">Gives the wait up.</param>
    /// <exception cref="LimitExceededException">All sessions are taken, or there is no memory for the voxels.</exception>
    public async Task<Session> OpenAsync(Volume image, string? modelId, string client, string? caller, string? id, CancellationToken cancellation)
    {
        var description = new VolumeDescription(image.Geometry, image.VoxelType, image.Rescale, VolumeDescription.DefaultBrickSize)
        {
            ContentSha256 = Convert.ToHexStringLower(SHA256.HashData(image.Data.Span)),
        };
        if (id is not null && await TakeUpAsync(id, description, image, caller, cancellation) is { } known)
        {
            return known;
        }

        var session = sessions.Open(description, ModelOf(modelId).Id, client, caller, id);
        try
        {
            Send(session, image, session.Grid.Covering(session.Volume.Geometry.Bounds));
            return session;
        }
        catch
        {
            sessions.Close(session.Id);
            throw;
        }
    }

    private async Task<Session?> TakeUpAsync(string id, VolumeDescription description, Volume image, string? caller, CancellationToken cancellation)
    {
        ResumedSession resumed;
        try
        {
            resumed = await sessions.ResumeAsync(id, caller, cancellation);
        }
        catch (Exception none) when (none is SessionNotFoundException or WrongStateException)
        {
            return null;
        }

        if (resumed.Session.Volume != description)
        {
            sessions.Close(id);
            return null;
        }

        Send(resumed.Session, image, resumed.Session.Grid.Covering(description.Geometry.Bounds));
        while ((await sessions.ResumeAsync(id, caller, cancellation)).NeededBricks.Count > 0)
        {
        }

        return resumed.Session;
    }

    private static void Send(Session session, Volume image, IEnumerable<BrickIndex> bricks)
    {
        var (batch, bytes) = (new List<EncodedBrick>(), 0);
        foreach (var index in bricks)
        {
            var box = session.Grid.BoxOf(index);
            var voxels = new byte[box.VoxelCount * image.VoxelType.Bytes()];
            image.CopyBox(box, voxels);
            batch.Add(new EncodedBrick(index, BrickEncoding.Raw, voxels, null));
            bytes += voxels.Length;
            if (bytes >= BatchBytes || batch.Count == session.Limits.MaxBricksPerRequest)
            {
                session.PutBricks(batch);
                (batch, bytes) = ([], 0);
            }
        }

        if (batch.Count > 0)
        {
            session.PutBricks(batch);
        }
    }
}
