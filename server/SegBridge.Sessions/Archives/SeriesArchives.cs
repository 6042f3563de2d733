using System.Diagnostics;
using Microsoft.Extensions.Logging;
using SegBridge.Imaging.Dicom;
using SegBridge.Imaging.Dicom.Web;
using SegBridge.Imaging.Formats;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Archives;

/// <summary>
/// The archives that the operator has named, and no others: clients choose a name, never an address. A few series at a
/// time are fetched, within the memory of all sessions, or results stored. Thread-safe.
/// </summary>
public sealed class SeriesArchives : IDisposable
{
    private const int UsedAtOnce = 2;

    private readonly Dictionary<string, DicomWebClient> _clients = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turns = new(UsedAtOnce);
    private readonly DicomReadLimits _reading;
    private readonly ILogger<SeriesArchives> _log;

    /// <exception cref="DicomWebConfigurationException">An archive's file of authorities cannot be used.</exception>
    public SeriesArchives(IReadOnlyDictionary<string, DicomWebArchive> archives, SessionOptions options, ILogger<SeriesArchives> log)
    {
        _log = log;
        var most = options.MaxBrickBytesPerSession;
        _reading = new DicomReadLimits { MaxPixelBytes = most };
        foreach (var (name, archive) in archives)
        {
            _clients[name] = new DicomWebClient(archive with { Limits = archive.Limits with { MaxSeriesBytes = most, Reading = _reading } });
        }
    }

    /// <summary>In alphabetical order.</summary>
    public IReadOnlyList<string> Names => [.. _clients.Keys.Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }

        _turns.Dispose();
    }

    /// <summary>Fetches a series and makes a volume of it.</summary>
    /// <param name="lease">Grows with what is held until the volume is made.</param>
    /// <exception cref="ArchiveNotFoundException">There is no such archive.</exception>
    /// <exception cref="DicomWebException">The archive cannot be used, or has no such series.</exception>
    /// <exception cref="SeriesUnusableException">The series makes no volume.</exception>
    /// <exception cref="LimitExceededException">There is no room for it.</exception>
    internal async Task<DicomVolume> FetchAsync(
        SeriesReference reference, MemoryLease lease, IProgress<SeriesProgress>? progress, CancellationToken cancellation)
    {
        var client = ClientOf(reference.Archive);
        await _turns.WaitAsync(cancellation);
        try
        {
            var start = Stopwatch.GetTimestamp();
            var received = default(SeriesProgress);
            var telling = new Telling(now =>
            {
                lease.GrowTo((received = now).Bytes);
                progress?.Report(now);
            });
            var study = reference.StudyInstanceUid ?? await client.FindStudyAsync(reference.SeriesInstanceUid, cancellation);
            var folder = await client.ReadSeriesAsync(study, reference.SeriesInstanceUid, telling, cancellation);
            var took = Stopwatch.GetElapsedTime(start);
            ArchiveLog.Fetched(_log, received.Received, received.Bytes / 1e6, reference.Archive, took.TotalMilliseconds);
            return await Task.Run(() => VolumeOf(folder, reference.Options, cancellation), cancellation);
        }
        catch (DicomWebException failure)
        {
            ArchiveLog.NotFetched(_log, reference.Archive, failure.Message);
            throw;
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>Stores objects, which are made when it is their turn.</summary>
    /// <returns>What the archive took and what not; not empty.</returns>
    /// <exception cref="ArchiveNotFoundException">There is no such archive.</exception>
    /// <exception cref="DicomWebException">The archive cannot be used, and has stored nothing.</exception>
    public async Task<StoreResult> StoreAsync(
        string archive, Func<Task<IReadOnlyList<StoreObject>>> make, IProgress<StoreProgress>? progress, CancellationToken cancellation)
    {
        var client = ClientOf(archive);
        await _turns.WaitAsync(cancellation);
        try
        {
            var objects = await make();
            var start = Stopwatch.GetTimestamp();
            var result = await client.StoreAsync(objects, progress, cancellation);
            var (took, bytes) = (Stopwatch.GetElapsedTime(start), objects.Sum(one => one.Length));
            ArchiveLog.Stored(_log, archive, result.Stored.Count, objects.Count, bytes / 1e6, took.TotalMilliseconds);
            return result;
        }
        catch (DicomWebException failure)
        {
            ArchiveLog.NotStored(_log, archive, failure.Message);
            throw;
        }
        finally
        {
            _turns.Release();
        }
    }

    private DicomWebClient ClientOf(string archive) => _clients.GetValueOrDefault(archive) ?? throw new ArchiveNotFoundException();

    private DicomVolume VolumeOf(DicomFolder folder, DicomVolumeOptions options, CancellationToken cancellation)
    {
        try
        {
            return folder.Series(_reading) is [var series]
                ? series.ToVolume(options, cancellation)
                : throw new DicomSeriesException(DicomSeriesProblem.NoImages, "the series holds no images");
        }
        catch (Exception cause) when (cause is DicomSeriesException or VolumeFormatException)
        {
            throw new SeriesUnusableException(cause.Message, cause);
        }
    }

    private sealed class Telling(Action<SeriesProgress> tell) : IProgress<SeriesProgress>
    {
        public void Report(SeriesProgress value) => tell(value);
    }
}
