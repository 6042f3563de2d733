using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace SegBridge.Imaging.Dicom.Web;

/// <summary>A multipart body of instances, read while it is sent; tells as it gets on.</summary>
internal sealed class StoreContent : HttpContent
{
    private const int PieceBytes = 128 << 10;

    private readonly IReadOnlyList<StoreObject> _instances;
    private readonly Action<int> _moved;
    private readonly string _boundary = "segbridge-" + Guid.NewGuid().ToString("N");

    /// <param name="moved">Told of the bytes of each piece that is sent.</param>
    public StoreContent(IReadOnlyList<StoreObject> instances, Action<int> moved)
    {
        (_instances, _moved) = (instances, moved);
        Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/related; type=\"application/dicom\"; boundary={_boundary}");
    }

    private byte[] PartStart => Encoding.ASCII.GetBytes($"\r\n--{_boundary}\r\nContent-Type: application/dicom\r\n\r\n");

    private byte[] End => Encoding.ASCII.GetBytes($"\r\n--{_boundary}--\r\n");

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var piece = new byte[PieceBytes];
        foreach (var instance in _instances)
        {
            await stream.WriteAsync(PartStart, cancellationToken);
            await using var bytes = instance.Open();
            for (int read; (read = await bytes.ReadAsync(piece, cancellationToken)) > 0;)
            {
                await stream.WriteAsync(piece.AsMemory(0, read), cancellationToken);
                _moved(read);
            }
        }

        await stream.WriteAsync(End, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _instances.Sum(instance => instance.Length + PartStart.Length) + End.Length;
        return true;
    }
}
