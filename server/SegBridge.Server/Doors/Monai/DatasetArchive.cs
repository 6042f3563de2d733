using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using SegBridge.Server.Doors.Frame;

namespace SegBridge.Server.Doors.Monai;

/// <summary>The finished part of a datastore as a ZIP archive, written as it is sent: one file is in memory at a time.</summary>
internal static class DatasetArchive
{
    /// <summary>Images under <c>image/</c>, their final labels under <c>label/</c>, and what is known of all in <c>metadata.json</c>.</summary>
    public static async Task SendAsync(DoorCall call, IReadOnlyList<FinishedImage> images, string metadata)
    {
        // Files go asynchronously; the few bytes of headers between them do not.
        call.Http.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
        call.Response.ContentType = "application/zip";
        call.Response.Headers.ContentDisposition = "attachment; filename=\"dataset.zip\"";
        await using var archive = await ZipArchive.CreateAsync(call.Response.Body, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8, call.Aborted);
        foreach (var (id, image, label) in images)
        {
            await AddAsync("image", id, image);
            await AddAsync("label", id, label);
        }

        await WriteAsync("metadata.json", Encoding.UTF8.GetBytes(metadata), CompressionLevel.Optimal);

        // Volumes are inside gzip already, nearly always.
        Task AddAsync(string folder, string id, StoredFile file) => WriteAsync($"{folder}/{FolderShelf.Escape(id)}{file.Extension}", file.Open().Content, CompressionLevel.NoCompression);

        async Task WriteAsync(string name, byte[] content, CompressionLevel level)
        {
            await using var entry = await archive.CreateEntry(name, level).OpenAsync(call.Aborted);
            await entry.WriteAsync(content, call.Aborted);
        }
    }
}

/// <summary>An image with its final label.</summary>
internal sealed record FinishedImage(string Id, StoredFile Image, StoredFile Label);
