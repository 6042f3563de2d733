using System.Security.Cryptography;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Volumes;
using SegBridge.Models.Bundles;
using SegBridge.Server.Doors.Frame;
using SegBridge.Sessions;
using SegBridge.Sessions.Bricks;
using SegBridge.Sessions.Errors;

namespace SegBridge.Server.Doors.Loop;

/// <summary>Opens sessions for clients that send a whole image at once.</summary>
internal sealed class DoorImages(SessionManager sessions, ModelRepository models, SessionOptions limits)
{
    private const int BatchBytes = 32 << 20;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private long _reading;

    /// <summary>The largest image that can be sent, in bytes of voxels.</summary>
    public long MaxBytes => Math.Min(Math.Min(limits.MaxBrickBytesPerSession, limits.MaxTotalBytes), Array.MaxLength);

    /// <summary>Takes room for an array, before memory is taken for it, until the call that sends it has ended.</summary>
    /// <exception cref="LimitExceededException">It is too large, or there is no room beside those that are being read.</exception>
    public void Reserve(DoorCall call, long bytes)
    {
        if (bytes > MaxBytes)
        {
            throw new LimitExceededException($"the array takes {bytes:N0} bytes; at most {MaxBytes:N0} are allowed");
        }

        var room = new Room(this, bytes);
        call.Response.RegisterForDispose(room);
        if (Interlocked.Read(ref _reading) > limits.MaxTotalBytes)
        {
            throw new LimitExceededException("too many arrays are being read at once; try again in a moment", RetryAfter);
        }
    }

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

    /// <summary>A session on an image, with all its voxels.</summary>
    /// <param name="image">What was sent.</param>
    /// <param name="modelId">The model of steps.</param>
    /// <param name="client">Which dialect, for the log.</param>
    /// <param name="caller">The name of the caller's key.</param>
    /// <param name="id">The session's, 32 lower-case hexadecimal digits; the session that has it ends for good. Null: a new one.</param>
    /// <param name="modality">What made the image.</param>
    /// <exception cref="LimitExceededException">All sessions are taken, or there is no memory for the voxels.</exception>
    public Session Open(Volume image, string modelId, string client, string? caller, string? id = null, Modality modality = Modality.Unknown)
    {
        var description = new VolumeDescription(image.Geometry, image.VoxelType, image.Rescale, VolumeDescription.DefaultBrickSize)
        {
            Modality = modality,
            ContentSha256 = Convert.ToHexStringLower(SHA256.HashData(image.Data.Span)),
        };
        if (id is not null)
        {
            sessions.Close(id);
        }

        var session = sessions.Open(description, modelId, client, caller, id);
        try
        {
            Send(session, image);
            return session;
        }
        catch
        {
            sessions.Close(session.Id);
            throw;
        }
    }

    private static void Send(Session session, Volume image)
    {
        var (batch, bytes) = (new List<EncodedBrick>(), 0);
        foreach (var index in session.Grid.Covering(session.Volume.Geometry.Bounds))
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

    private sealed class Room : IDisposable
    {
        private readonly DoorImages _images;
        private readonly long _bytes;

        public Room(DoorImages images, long bytes)
        {
            (_images, _bytes) = (images, bytes);
            Interlocked.Add(ref images._reading, bytes);
        }

        public void Dispose() => Interlocked.Add(ref _images._reading, -_bytes);
    }
}
