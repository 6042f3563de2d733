using System.Buffers.Text;
using Grpc.Core;

namespace SegBridge.Server.Web;

/// <summary>
/// Decodes base64 while it arrives. A client may encode its frames one by one, so padding can stand in the middle;
/// line breaks are passed over.
/// </summary>
internal sealed class Base64RequestStream(Stream source) : ReadOnlyStream
{
    private readonly byte[] _read = new byte[16 * 1024];
    private readonly byte[] _group = new byte[4];
    private readonly byte[] _plain = new byte[16 * 1024];
    private int _readStart;
    private int _readEnd;
    private int _groupLength;
    private int _plainStart;
    private int _plainEnd;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (_plainStart == _plainEnd)
        {
            if (_readStart == _readEnd)
            {
                (_readStart, _readEnd) = (0, await source.ReadAsync(_read, cancellationToken));
                if (_readEnd == 0)
                {
                    return _groupLength == 0
                        ? 0
                        : throw Malformed("ends in the middle of a group of 4 characters");
                }
            }

            DecodeRead();
        }

        var count = Math.Min(buffer.Length, _plainEnd - _plainStart);
        _plain.AsSpan(_plainStart, count).CopyTo(buffer.Span);
        _plainStart += count;
        return count;
    }

    private void DecodeRead()
    {
        (_plainStart, _plainEnd) = (0, 0);
        while (_readStart < _readEnd)
        {
            var character = _read[_readStart++];
            if (character is (byte)'\r' or (byte)'\n')
            {
                continue;
            }

            _group[_groupLength++] = character;
            if (_groupLength < _group.Length)
            {
                continue;
            }

            _groupLength = 0;
            var status = Base64.DecodeFromUtf8(_group, _plain.AsSpan(_plainEnd), out var consumed, out var written);
            if (status != System.Buffers.OperationStatus.Done || consumed != _group.Length)
            {
                throw Malformed("has a group of 4 characters that is none of base64");
            }

            _plainEnd += written;
        }
    }

    private static RpcException Malformed(string how) =>
        new(new Status(StatusCode.InvalidArgument, $"the body of a gRPC-Web text request must be base64; this one {how}"));
}
