using System.Runtime.InteropServices;
using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom.Web;

/// <summary>
/// Fetches one series: its list of instances, then all of them in one answer, then one by one those that did not come
/// whole or in a form that can be read.
/// </summary>
internal sealed class SeriesRetrieval(
    DicomWebClient client, DicomWebSender sender, DicomWebLimits limits, string study, string series,
    Action<DicomFile, ReadOnlyMemory<byte>> received, bool forPixels, IProgress<SeriesProgress>? progress)
{
    // Without a transfer syntax, explicit little endian is meant (PS3.18 section 8.7.3.5.2).
    private const string Decompressed = "multipart/related; type=\"application/dicom\"";
    private const string AsStored = Decompressed + "; transfer-syntax=*";
    private const string NoneOfThem = "the archive answered with other instances, or with none";

    private readonly string _path = DicomWebClient.PathOf(study, series);
    private readonly HashSet<string> _compressed = new(StringComparer.Ordinal);
    private HashSet<string> _missing = [];
    private string _unread = NoneOfThem;
    private int _expected;
    private long _bytes;

    public async Task<IReadOnlyList<InstanceFailure>> RunAsync(CancellationToken cancellation)
    {
        _missing = await ListAsync(cancellation);
        _expected = _missing.Count;
        progress?.Report(new SeriesProgress(0, _expected, 0));
        try
        {
            await FetchAsync(_path, [AsStored, Decompressed], isWhole: true, cancellation);
        }
        catch (DicomWebException failure) when (IsWorthSingleTries(failure))
        {
        }

        return await FetchMissingAsync(cancellation);
    }

    private async Task<HashSet<string>> ListAsync(CancellationToken cancellation)
    {
        var found = await client.SearchInstancesAsync(study, series, new DicomWebQuery([], limits.MaxInstances + 1), cancellation);
        return found.Count switch
        {
            0 => throw new DicomWebException(DicomWebProblem.NotFound, "the archive has no such series"),
            _ when found.Count > limits.MaxInstances => throw new DicomWebException(
                DicomWebProblem.TooLarge, $"the series has more than {limits.MaxInstances} instances, the most that are allowed here"),
            _ => [.. found.Select(instance => instance.GetString(DicomTag.SOPInstanceUID)).Where(DicomWebClient.IsUid)],
        };
    }

    private async Task<IReadOnlyList<InstanceFailure>> FetchMissingAsync(CancellationToken cancellation)
    {
        var failures = new List<InstanceFailure>();
        string? gone = null;
        foreach (var instance in _missing.ToArray())
        {
            var reason = gone;
            try
            {
                reason ??= await FetchOneAsync(instance, cancellation);
            }
            catch (DicomWebException failure) when (failure.Problem == DicomWebProblem.Unreachable && _missing.Count < _expected)
            {
                // Each of the others would take as long to fail.
                reason = gone = failure.Message;
            }

            if (reason is not null)
            {
                failures.Add(new InstanceFailure(instance, reason));
            }
        }

        return failures;
    }

    /// <returns>Why it could not be fetched, or null.</returns>
    private async Task<string?> FetchOneAsync(string instance, CancellationToken cancellation)
    {
        _unread = NoneOfThem;
        try
        {
            string[] forms = _compressed.Contains(instance) ? [Decompressed, AsStored] : [AsStored, Decompressed];
            await FetchAsync($"{_path}/instances/{instance}", forms, isWhole: false, cancellation);
            return _missing.Contains(instance) ? _unread : null;
        }
        catch (DicomWebException failure) when (IsWorthSingleTries(failure))
        {
            return failure.Message;
        }
    }

    // What fails for a series as a whole, or for one instance, may still work for others, unless nobody is there or lets us in.
    private bool IsWorthSingleTries(DicomWebException failure) =>
        failure.Problem is not (DicomWebProblem.CredentialsRefused or DicomWebProblem.Unreachable)
        && (failure.Problem != DicomWebProblem.TooLarge || _bytes <= limits.MaxSeriesBytes);

    // In the first form that the archive has.
    private async Task FetchAsync(string path, string[] forms, bool isWhole, CancellationToken cancellation)
    {
        foreach (var form in forms)
        {
            try
            {
                await sender.SendAsync(new DicomWebRequest(path, form), reply => TakeAllAsync(reply, isWhole, cancellation), cancellation);
                return;
            }
            catch (DicomWebException failure) when (form != forms[^1] && failure.Problem is DicomWebProblem.NotAcceptable or DicomWebProblem.Refused)
            {
            }
        }
    }

    private async Task<bool> TakeAllAsync(DicomWebReply reply, bool isWhole, CancellationToken cancellation)
    {
        try
        {
            await foreach (var instance in reply.ReadInstancesAsync(Math.Min(limits.MaxInstanceBytes, limits.MaxSeriesBytes), cancellation))
            {
                _bytes += instance.Length;
                if (_bytes > limits.MaxSeriesBytes)
                {
                    throw new DicomWebException(DicomWebProblem.TooLarge, $"the series has more than {limits.MaxSeriesBytes} bytes, the most that is allowed here");
                }

                Take(instance, isWhole);
            }
        }
        catch (DicomWebException cut) when (cut.IsPassing && isWhole)
        {
            // The instances that came are kept; the others are fetched one by one, not all of them again.
        }

        return true;
    }

    private void Take(ReadOnlyMemory<byte> bytes, bool isWhole)
    {
        DicomFile file;
        try
        {
            file = Open(bytes);
        }
        catch (VolumeFormatException malformed)
        {
            _unread = malformed.Message;
            return;
        }

        var instance = file.Dataset.GetStringOrNull(DicomTag.SOPInstanceUID) ?? "";
        if (isWhole && forPixels && file.Dataset.InternalTransferSyntax is { IsEncapsulated: true } syntax && FrameDecoders.Find(syntax) is null)
        {
            _compressed.Add(instance);
            return;
        }

        if (file.Dataset.GetStringOrNull(DicomTag.SeriesInstanceUID) == series && _missing.Remove(instance))
        {
            received(file, bytes);
            progress?.Report(new SeriesProgress(_expected - _missing.Count, _expected, _bytes));
        }
    }

    private DicomFile Open(ReadOnlyMemory<byte> bytes)
    {
        MemoryMarshal.TryGetArray(bytes, out var part);
        using var stream = new MemoryStream(part.Array!, part.Offset, part.Count, writable: false);
        return DicomFile.Open(stream, limits.Reading);
    }
}
