using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using SegBridge.Server.Doors.Frame;
using SegBridge.Sessions.Errors;

namespace SegBridge.Server.Doors.Monai;

/// <summary>The form that a call carries. Files are held in memory only.</summary>
internal sealed class MonaiForm
{
    private const int MaxParts = 4096;
    private const int MaxFieldBytes = 1 << 20;
    private const int MaxHeaderBytes = 8 << 10;
    private const int MaxHeaders = 16;

    private readonly IFormCollection _form;

    private MonaiForm(IFormCollection form) => _form = form;

    /// <summary>Takes the memory that the body of a call will need, until the result is disposed.</summary>
    /// <exception cref="LimitExceededException">There is not as much.</exception>
    public static IDisposable Reserve(DoorCall call, UploadBudget budget) =>
        budget.Take(call.Request.ContentLength ?? throw new DoorException(StatusCodes.Status411LengthRequired, "the call must say how long its body is"));

    /// <param name="call">Its body is read.</param>
    /// <param name="maxBytes">Most bytes of it.</param>
    /// <exception cref="InvalidRequestException">It is no whole form.</exception>
    public static async Task<MonaiForm> ReadAsync(DoorCall call, int maxBytes = UploadBudget.MaxUpload)
    {
        call.AllowBody(maxBytes);
        if (!call.Request.HasFormContentType)
        {
            return new MonaiForm(FormCollection.Empty);
        }

        var options = new FormOptions
        {
            // What is larger than this would be buffered in a file, and nothing is.
            MemoryBufferThreshold = maxBytes,
            BufferBodyLengthLimit = maxBytes,
            MultipartBodyLengthLimit = maxBytes,
            ValueCountLimit = MaxParts,
            ValueLengthLimit = MaxFieldBytes,
            MultipartHeadersLengthLimit = MaxHeaderBytes,
            MultipartHeadersCountLimit = MaxHeaders,
        };
        try
        {
            return new MonaiForm(await new FormFeature(call.Request, options).ReadFormAsync(call.Aborted));
        }
        catch (Exception wrong) when (wrong is InvalidDataException or IOException and not BadHttpRequestException && !call.Aborted.IsCancellationRequested)
        {
            throw new InvalidRequestException("the body is not a whole multipart form; its parts must be framed by the boundary that the content type names");
        }
    }

    public string? Field(string name) => _form.TryGetValue(name, out var value) ? value.ToString() : null;

    public UploadedFile? File(string name) => Files(name) is [var first, ..] ? first : null;

    public IReadOnlyList<UploadedFile> Files(string name) => [.. _form.Files.Where(file => file.Name == name).Select(ToFile)];

    private static UploadedFile ToFile(IFormFile file)
    {
        var content = new byte[file.Length];
        using var stream = file.OpenReadStream();
        stream.ReadExactly(content);
        return new UploadedFile(UploadedFile.ExtensionOf(file.FileName), content);
    }
}
