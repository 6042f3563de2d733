using System.Security.Cryptography;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Dicom.Web;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Bricks;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Journal;

namespace SegBridge.Sessions.Archives;

/// <summary>
/// Sessions whose volume this server fetches from an archive. Their journals hold what others hold: geometry, and the hash
/// of the voxels, by which a series that is fetched again is recognised; never which series it was.
/// </summary>
public sealed class SeriesSessions(SessionManager sessions, SeriesArchives archives)
{
    private const long BytesAtOnce = 16 << 20;

    /// <summary>Fetches a series and opens a session on it that has all its bricks.</summary>
    /// <param name="reference">Which series.</param>
    /// <param name="brickSize">Voxels of a brick per axis.</param>
    /// <param name="window">The window the user looks at, in real values, or null.</param>
    /// <param name="modelId">Null: the repository's default model.</param>
    /// <param name="client">Program and version, for the log.</param>
    /// <param name="caller">As in <see cref="SessionManager.Open"/>.</param>
    /// <param name="progress">Told of each image.</param>
    /// <param name="cancellation">Ends the fetching.</param>
    /// <returns>The session, and what was decided in making the volume, for people.</returns>
    /// <exception cref="ArchiveNotFoundException">There is no such archive.</exception>
    /// <exception cref="DicomWebException">The archive cannot be used, or has no such series.</exception>
    /// <exception cref="SeriesUnusableException">The series makes no volume.</exception>
    /// <exception cref="LimitExceededException">There is no room for it, or no session is free.</exception>
    public async Task<(Session Session, IReadOnlyList<string> Notes)> OpenAsync(
        SeriesReference reference, VolumeSize brickSize, IntensityWindow? window, string? modelId, string client, string? caller,
        IProgress<SeriesProgress>? progress, CancellationToken cancellation)
    {
        sessions.RequireRoomFor(modelId);
        using var lease = sessions.NewLease("fetching this series");
        var fetched = await archives.FetchAsync(reference, lease, progress, cancellation);
        var volume = new VolumeDescription(fetched.Volume.Geometry, fetched.Volume.VoxelType, fetched.Volume.Rescale, brickSize)
        {
            DisplayWindow = window,
            Modality = fetched.Modality,
            ContentSha256 = HashOf(fetched),
        };
        var session = sessions.Open(volume, modelId, client, caller);
        try
        {
            Fill(session, fetched, lease, cancellation);
            return (session, fetched.Notes);
        }
        catch
        {
            sessions.Close(session.Id);
            throw;
        }
    }

    /// <summary>As <see cref="SessionManager.ResumeAsync"/>, but bricks that are missing are fetched.</summary>
    /// <exception cref="InvalidRequestException">The series has other voxels than the session was opened on.</exception>
    public async Task<ResumedSession> ResumeAsync(string id, SeriesReference reference, string? caller, CancellationToken cancellation)
    {
        var resumed = await sessions.ResumeAsync(id, caller, cancellation);
        var session = resumed.Session;
        if (session.HasAllBricks && session.Source is not null)
        {
            return resumed;
        }

        using (session.BeginUse())
        using (var lease = sessions.NewLease("fetching this series"))
        {
            var fetched = await archives.FetchAsync(reference, lease, null, cancellation);
            if (!fetched.Volume.Geometry.Equals(session.Volume.Geometry) || HashOf(fetched) != session.Volume.ContentSha256)
            {
                throw new InvalidRequestException("dicom_series: it is another series than the session was opened on, or the archive has other voxels for it now");
            }

            Fill(session, fetched, lease, cancellation);
        }

        return await sessions.ResumeAsync(id, caller, cancellation);
    }

    private static string HashOf(DicomVolume fetched) => Convert.ToHexStringLower(SHA256.HashData(fetched.Volume.Data.Span));

    private static void Fill(Session session, DicomVolume fetched, MemoryLease lease, CancellationToken cancellation)
    {
        session.Source = fetched.Source with { Header = fetched.Source.Header.Without(DicomTag.PixelData) };
        var volume = fetched.Volume;
        // The files are gone; the volume stays until its bricks are there.
        lease.Dispose();
        lease.GrowTo(volume.Data.Length);
        var (bricks, bytes) = (new List<EncodedBrick>(), 0L);
        foreach (var index in session.Grid.Covering(volume.Geometry.Bounds))
        {
            cancellation.ThrowIfCancellationRequested();
            var box = session.Grid.BoxOf(index);
            var voxels = new byte[box.VoxelCount * volume.VoxelType.Bytes()];
            volume.CopyBox(box, voxels);
            bricks.Add(new EncodedBrick(index, BrickEncoding.Raw, voxels, null));
            bytes += voxels.Length;
            if (bytes >= BytesAtOnce || bricks.Count == session.Limits.MaxBricksPerRequest)
            {
                session.PutBricks(bricks);
                (bricks, bytes) = ([], 0);
            }
        }

        if (bricks.Count > 0)
        {
            session.PutBricks(bricks);
        }
    }
}
