using System.Buffers;
using System.Buffers.Text;

namespace SegBridge.Server.Web;

/// <summary>
/// Encodes a reply in base64. At each flush the group under way is padded and sent, so that the client can decode all
/// that was written; the next one starts anew, as gRPC-Web allows.
/// </summary>
internal sealed class Base64ReplyStream(Stream target) : Stream
{
    private readonly byte[] _rest = new byte[3];
    private int _restLength;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var plain = ArrayPool<byte>.Shared.Rent(_restLength + buffer.Length);
        var encoded = ArrayPool<byte>.Shared.Rent(Base64.GetMaxEncodedToUtf8Length(_restLength + buffer.Length));
        try
        {
            _rest.AsSpan(0, _restLength).CopyTo(plain);
            buffer.Span.CopyTo(plain.AsSpan(_restLength));
            var length = _restLength + buffer.Length;
            var whole = length / 3 * 3;
            Base64.EncodeToUtf8(plain.AsSpan(0, whole), encoded, out _, out var written, isFinalBlock: true);
            _restLength = length - whole;
            plain.AsSpan(whole, _restLength).CopyTo(_rest);
            await target.WriteAsync(encoded.AsMemory(0, written), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(plain);
            ArrayPool<byte>.Shared.Return(encoded);
        }
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_restLength > 0)
        {
            var encoded = new byte[4];
            Base64.EncodeToUtf8(_rest.AsSpan(0, _restLength), encoded, out _, out _, isFinalBlock: true);
            _restLength = 0;
            await target.WriteAsync(encoded, cancellationToken);
        }

        await target.FlushAsync(cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("this stream is written asynchronously");

    // Synchronous flushes come from disposing a writer; what was written has been flushed by then.
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
