namespace SegBridge.Imaging.Dicom.Web;

/// <summary>Stores instances in requests of limited size, and reads what the archive says of each.</summary>
internal sealed class InstanceStore(DicomWebSender sender, DicomWebLimits limits)
{
    // All failed: the answer says why.
    private const int Conflict = 409;

    public async Task<StoreResult> StoreAsync(IReadOnlyList<StoreObject> instances, IProgress<int>? progress, CancellationToken cancellation)
    {
        var (stored, failed) = (new List<StoredInstance>(), new List<StoreFailure>());
        foreach (var batch in Batches(instances))
        {
            var result = await StoreBatchAsync(batch, cancellation);
            stored.AddRange(result.Stored);
            failed.AddRange(result.Failed);
            progress?.Report(stored.Count + failed.Count);
        }

        return new StoreResult(stored, failed);
    }

    // Some archives refuse all for the sake of one, or of their number; then halves find out which.
    private async Task<StoreResult> StoreBatchAsync(IReadOnlyList<StoreObject> batch, CancellationToken cancellation)
    {
        var request = new DicomWebRequest("/studies", "application/dicom+json", moved => new StoreContent(batch, moved)) { AlsoRead = Conflict };
        try
        {
            return await sender.SendAsync(request, reply => ReadAsync(reply, batch, cancellation), cancellation);
        }
        catch (DicomWebException failure) when (failure.Problem is DicomWebProblem.Refused or DicomWebProblem.TooLarge)
        {
            if (batch is [var one])
            {
                return new StoreResult([], [new StoreFailure(one.SOPInstanceUID, failure.Message)]);
            }

            var first = await StoreBatchAsync([.. batch.Take(batch.Count / 2)], cancellation);
            var second = await StoreBatchAsync([.. batch.Skip(batch.Count / 2)], cancellation);
            return new StoreResult([.. first.Stored, .. second.Stored], [.. first.Failed, .. second.Failed]);
        }
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

    private async Task<StoreResult> ReadAsync(DicomWebReply reply, IReadOnlyList<StoreObject> batch, CancellationToken cancellation)
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

        bool IsStored(StoreObject one) =>
            failed?.Contains(one.SOPInstanceUID) != true && (silenceIsGood || warned?.Contains(one.SOPInstanceUID) == true);
    }

    private static string InstanceOf(DicomDataset item) => item.GetStringOrNull(DicomTag.ReferencedSOPInstanceUID) ?? "";
}
