namespace SegBridge.Imaging.Dicom.Web;

/// <summary>
/// A client of one archive: finds (QIDO-RS), fetches (WADO-RS) and stores (STOW-RS). Thread-safe. All calls throw
/// <see cref="DicomWebException"/> when the archive cannot be used, after the attempts that its description allows.
/// </summary>
public sealed class DicomWebClient : IDisposable
{
    private const int PageResults = 500;
    private const string Json = "application/dicom+json, application/json;q=0.9";

    private readonly DicomWebArchive _archive;
    private readonly DicomWebSender _sender;

    /// <exception cref="DicomWebConfigurationException">The archive's file of authorities cannot be used.</exception>
    public DicomWebClient(DicomWebArchive archive)
        : this(archive, ArchiveConnections.Create(archive))
    {
    }

    internal DicomWebClient(DicomWebArchive archive, HttpMessageHandler handler) =>
        (_archive, _sender) = (archive, new DicomWebSender(archive, handler));

    /// <summary>Studies, each with the attributes that the archive answers.</summary>
    public Task<IReadOnlyList<DicomDataset>> SearchStudiesAsync(DicomWebQuery query, CancellationToken cancellation) =>
        SearchAsync("/studies", DicomTag.StudyInstanceUID, query, cancellation);

    /// <summary>Series of one study, or of all.</summary>
    /// <param name="study">A Study Instance UID, or null.</param>
    public Task<IReadOnlyList<DicomDataset>> SearchSeriesAsync(string? study, DicomWebQuery query, CancellationToken cancellation) =>
        SearchAsync(study is null ? "/series" : $"/studies/{RequireUid(study)}/series", DicomTag.SeriesInstanceUID, query, cancellation);

    /// <summary>Instances of one series.</summary>
    public Task<IReadOnlyList<DicomDataset>> SearchInstancesAsync(string study, string series, DicomWebQuery query, CancellationToken cancellation) =>
        SearchAsync(PathOf(study, series) + "/instances", DicomTag.SOPInstanceUID, query, cancellation);

    /// <summary>The Study Instance UID of a series.</summary>
    public async Task<string> FindStudyAsync(string series, CancellationToken cancellation)
    {
        var found = await SearchSeriesAsync(null, new DicomWebQuery([new("SeriesInstanceUID", RequireUid(series))]), cancellation);
        return found.Select(one => one.GetStringOrNull(DicomTag.StudyInstanceUID)).OfType<string>().Distinct().ToArray() is [var study]
            ? study
            : throw new DicomWebException(DicomWebProblem.NotFound, "the archive has no such series, or has it in several studies; name its study too");
    }

    /// <summary>Fetches all instances of a series, one by one where the archive does not give them together.</summary>
    /// <param name="received">Called for each instance, one at a time: the instance, and its bytes as they came, valid during the call.</param>
    /// <param name="forPixels">
    /// Ask the archive to decompress what cannot be decompressed here. False: every instance as it is stored, where the archive gives that.
    /// </param>
    /// <returns>The instances that could not be fetched; empty when all were.</returns>
    public Task<IReadOnlyList<InstanceFailure>> RetrieveSeriesAsync(
        string study, string series, Action<DicomFile, ReadOnlyMemory<byte>> received, bool forPixels, IProgress<SeriesProgress>? progress, CancellationToken cancellation) =>
        new SeriesRetrieval(this, _sender, _archive.Limits, RequireUid(study), RequireUid(series), received, forPixels, progress).RunAsync(cancellation);

    /// <summary>
    /// A whole series, as a folder of its files would be: pixels are held in memory, as they came.
    /// </summary>
    /// <exception cref="DicomWebException">Also when instances are missing: a volume of what is left would be wrong.</exception>
    public async Task<DicomFolder> ReadSeriesAsync(string study, string series, IProgress<SeriesProgress>? progress, CancellationToken cancellation)
    {
        var files = new List<DicomFile>();
        var failures = await RetrieveSeriesAsync(study, series, (file, _) => files.Add(file), forPixels: true, progress, cancellation);
        return failures.Count == 0 ? new DicomFolder(files, []) : throw new DicomWebException(
            DicomWebProblem.Incomplete,
            $"{failures.Count} of the {files.Count + failures.Count} instances of the series could not be fetched; the first: {failures[0].Reason}") { Failures = failures };
    }

    /// <summary>
    /// Stores instances; those that the archive has already stay as they are. Once one is stored, the others are named in the
    /// result whatever happens; an archive that fails before throws.
    /// </summary>
    public async Task<StoreResult> StoreAsync(IReadOnlyList<StoreObject> instances, IProgress<StoreProgress>? progress, CancellationToken cancellation) =>
        _archive.IsReadOnly
            ? throw new DicomWebException(DicomWebProblem.Refused, "nothing is stored in this archive: it is configured to be read only")
            : await new InstanceStore(_sender, _archive.Limits).StoreAsync(instances, progress, cancellation);

    public void Dispose() => _sender.Dispose();

    /// <summary>The address of a series below the archive's.</summary>
    internal static string PathOf(string study, string series) => $"/studies/{RequireUid(study)}/series/{RequireUid(series)}";

    internal Task<IReadOnlyList<DicomDataset>> ReadJsonAsync(string path, CancellationToken cancellation) => _sender.SendAsync(
        new DicomWebRequest(path, Json), async reply => DicomJson.Read(await reply.ReadAllAsync(_archive.Limits.MaxJsonBytes, cancellation)), cancellation);

    // Page by page, until one is not full; some archives answer all at once, others the same page again.
    private async Task<IReadOnlyList<DicomDataset>> SearchAsync(string path, DicomTag identity, DicomWebQuery query, CancellationToken cancellation)
    {
        var found = new Dictionary<string, DicomDataset>(StringComparer.Ordinal);
        while (found.Count < query.MaxResults)
        {
            var asked = Math.Min(PageResults, query.MaxResults - found.Count);
            var page = await ReadJsonAsync($"{path}?{query.ToText(asked, found.Count)}", cancellation);
            var known = found.Count;
            foreach (var result in page)
            {
                found.TryAdd(result.GetStringOrNull(identity) ?? "", result);
            }

            if (page.Count != asked || found.Count == known)
            {
                break;
            }
        }

        found.Remove("");
        return [.. found.Values.Take(query.MaxResults)];
    }

    /// <summary>Whether a text can stand for an identifier in an address. Not all that archives hold follows the rule of leading zeros.</summary>
    internal static bool IsUid(string uid) => uid.Length is > 0 and <= 64 && uid.All(c => char.IsAsciiDigit(c) || c == '.');

    private static string RequireUid(string uid) => IsUid(uid)
        ? uid
        : throw new DicomWebException(DicomWebProblem.NotFound, "a study and a series are named by UIDs: 1..64 digits and dots");
}
