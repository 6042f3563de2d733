using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using SegBridge.Imaging.Formats.Numpy;
using SegBridge.Server.Doors.Frame;
using SegBridge.Server.Doors.Loop;
using SegBridge.Sessions.Errors;

namespace SegBridge.Server.Doors.NnInteractive.Legacy;

/// <summary>
/// The form that the legacy client sends: an array, and maybe whether it belongs to the object. Requests may claim to be
/// inside gzip when only the array is; the form itself never is.
/// </summary>
/// <param name="Array">The part "file".</param>
/// <param name="IsPositive">The part "positive_click"; false when there is none.</param>
internal sealed record LegacyForm(NumpyArray Array, bool IsPositive)
{
    private const int MaxParts = 8;
    private const int MaxFieldBytes = 64;
    private const int MaxHeaders = 16;
    private const int MaxHeaderBytes = 8 << 10;

    /// <param name="call">Its body is read, and no longer than the array that it holds.</param>
    /// <param name="isGzip">The file is inside gzip.</param>
    /// <param name="maxBytes">What the body holds at most, in bytes of elements.</param>
    /// <param name="images">Where room for it is taken.</param>
    /// <exception cref="InvalidRequestException">The form lacks its file, or is cut off.</exception>
    public static async Task<LegacyForm> ReadAsync(DoorCall call, bool isGzip, long maxBytes, DoorImages images)
    {
        if (!MediaTypeHeaderValue.TryParse(call.Request.ContentType, out var type) || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 and <= 200 } boundary)
        {
            throw new InvalidRequestException("the body must be a form, multipart/form-data with a boundary");
        }

        call.AllowBody(maxBytes + (maxBytes / 16) + (1 << 20));
        var reader = new MultipartReader(boundary.ToString(), call.Request.Body) { HeadersCountLimit = MaxHeaders, HeadersLengthLimit = MaxHeaderBytes };
        NumpyArray? array = null;
        var isPositive = false;
        try
        {
            for (var n = 0; n < MaxParts && await reader.ReadNextSectionAsync(call.Aborted) is { } part; n++)
            {
                switch (NameOf(part))
                {
                    case "file":
                        array = await NpyFile.ReadAsync(part.Body, isGzip, bytes => images.Reserve(call, bytes), call.Aborted);
                        break;
                    case "positive_click":
                        isPositive = IsTrue(await ReadFieldAsync(part, call.Aborted));
                        break;
                }
            }
        }
        catch (Exception broken) when (broken is InvalidDataException || broken.GetType() == typeof(IOException))
        {
            throw new InvalidRequestException("the form is cut off, or is none");
        }

        return array is null ? throw new InvalidRequestException("the form has no part \"file\"") : new LegacyForm(array, isPositive);
    }

    private static string? NameOf(MultipartSection part) =>
        ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition) ? HeaderUtilities.RemoveQuotes(disposition.Name).ToString() : null;

    private static async Task<string> ReadFieldAsync(MultipartSection part, CancellationToken cancellation)
    {
        var bytes = new byte[MaxFieldBytes];
        var length = await part.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        return System.Text.Encoding.UTF8.GetString(bytes, 0, length);
    }

    // As Python writes truth, and as others do.
    private static bool IsTrue(string text) => text.Trim().ToLowerInvariant() is "true" or "1" or "yes";
}
