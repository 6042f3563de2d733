namespace SegBridge.Imaging.Dicom.Web;

/// <summary>Stores instances in requests of limited size, and reads what the archive says of each.</summary>
internal sealed class InstanceStore(DicomWebSender sender, DicomWebLimits limits)
{
    // All failed: the answer says why.
    private const int Conflict = 409;

    // It has an instance of this identifier.
    private const int AlreadyThere = 0x0111;

    public async Task<StoreResult> StoreAsync(IReadOnlyList<StoreObject> instances, IProgress<StoreProgress>? progress, CancellationToken cancellation)
    {
        var (stored, failed, bytes) = (new List<StoredInstance>(), new List<StoreFailure>(), 0L);
        var waiting = new Stack<IReadOnlyList<StoreObject>>(Batches(instances).Reverse());
        while (waiting.TryPop(out var batch))
        {
            try
            {
                var (done, before) = (stored.Count + failed.Count, bytes);
                var result = await SendAsync(batch, sent => progress?.Report(new StoreProgress(done, before + sent)), cancellation);
                stored.AddRange(result.Stored);
                failed.AddRange(result.Failed);
            }
            catch (DicomWebException failure) when (failure.Problem is DicomWebProblem.Refused or DicomWebProblem.TooLarge)
            {
                if (batch.Count > 1)
                {
                    // Some archives refuse all for the sake of one, or of their number; halves find out which.
                    var half = batch.Count / 2;
                    waiting.Push([.. batch.Skip(half)]);
                    waiting.Push([.. batch.Take(half)]);
                    continue;
                }

                failed.Add(new StoreFailure(batch[0].SOPInstanceUID, failure.Message));
            }
            catch (DicomWebException failure) when (stored.Count > 0)
            {
                // Whoever hears of the failure alone would not know what the archive has.
                failed.AddRange(batch.Concat(waiting.SelectMany(rest => rest)).Select(one => new StoreFailure(one.SOPInstanceUID, failure.Message)));
                waiting.Clear();
            }

            bytes += batch.Sum(one => one.Length);
            progress?.Report(new StoreProgress(stored.Count + failed.Count, bytes));
        }

        return new StoreResult(stored, failed);
    }

    private Task<StoreResult> SendAsync(IReadOnlyList<StoreObject> batch, Action<long> sent, CancellationToken cancellation)
    {
        var attempts = 0;
        var request = new DicomWebRequest("/studies", "application/dicom+json", moved =>
        {
            var bytes = 0L;
            attempts++;
            return new StoreContent(batch, piece =>
            {
                moved();
                sent(bytes += piece);
            });
        }) { AlsoRead = Conflict };
        return sender.SendAsync(request, reply => ReadAsync(reply, batch, isRepeated: attempts > 1, cancellation), cancellation);
    }

    private IEnumerable<IReadOnlyList<StoreObject>> Batches(IReadOnlyList<StoreObject> instances)
    {
        var (batch, bytes) = (new List<StoreObject>(), 0L);
        foreach (var instance in instances)
        {
            if (batch.Count > 0 && bytes + instance.Length > limits.MaxStoreBytes)
            {
                yield return batch;
                (batch, bytes) = ([], 0);
            }

            batch.Add(instance);
            bytes += instance.Length;
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private async Task<StoreResult> ReadAsync(DicomWebReply reply, IReadOnlyList<StoreObject> batch, bool isRepeated, CancellationToken cancellation)
    {
        var body = await reply.ReadAllAsync(limits.MaxJsonBytes, cancellation);
        // An archive that answers in XML, which is not asked for, says as much by its status.
        var answer = reply.Type.MediaType.EndsWith("json", StringComparison.Ordinal) && DicomJson.Read(body) is [var first, ..] ? first : null;
        var warned = answer?.GetSequence(DicomTag.ReferencedSOPSequence).ToLookup(InstanceOf, item => item.GetIntOrNull(DicomTag.WarningReason));
        var failed = answer?.GetSequence(DicomTag.FailedSOPSequence).ToLookup(InstanceOf, item => item.GetIntOrNull(DicomTag.FailureReason));
        // Without a word on single instances the status holds for all; with some, silence about one is no promise.
        var silenceIsGood = reply.Status == 200 && warned is null or { Count: 0 } && failed is null or { Count: 0 };
        return new StoreResult(
            [.. batch.Where(IsStored).Select(one => new StoredInstance(one.SOPInstanceUID, warned?[one.SOPInstanceUID].FirstOrDefault() is { } code ? StoreStatus.Warning(code) : null))],
            [.. batch.Where(one => !IsStored(one)).Select(one => new StoreFailure(one.SOPInstanceUID, StoreStatus.Reason(failed?[one.SOPInstanceUID].FirstOrDefault())))]);

        // What a second attempt finds there was stored by the first, whose answer was lost.
        bool IsStored(StoreObject one) => failed?.Contains(one.SOPInstanceUID) == true
            ? isRepeated && failed[one.SOPInstanceUID].First() == AlreadyThere
            : silenceIsGood || warned?.Contains(one.SOPInstanceUID) == true;
    }

    private static string InstanceOf(DicomDataset item) => item.GetStringOrNull(DicomTag.ReferencedSOPInstanceUID) ?? "";
}
