using FsCheck;
using FsCheck.Fluent;
using SegBridge.Server.Web;

namespace SegBridge.Server.Tests.Web;

public sealed class Base64StreamTests
{
    [Fact]
    public void What_one_stream_encodes_in_any_pieces_the_other_decodes()
    {
        Prop.ForAll<byte[][]>(pieces => RoundTrip(pieces).GetAwaiter().GetResult()).QuickCheckThrowOnFailure();
    }

    private static async Task<bool> RoundTrip(byte[][]? pieces)
    {
        pieces = [.. (pieces ?? []).Where(piece => piece is not null)];
        using var encoded = new MemoryStream();
        await using (var writer = new Base64ReplyStream(encoded))
        {
            for (var n = 0; n < pieces.Length; n++)
            {
                await writer.WriteAsync(pieces[n]);
                if (n % 2 == 1)
                {
                    await writer.FlushAsync();
                }
            }

            await writer.FlushAsync();
        }

        using var source = new MemoryStream(encoded.ToArray());
        await using var reader = new Base64RequestStream(source);
        using var plain = new MemoryStream();
        await reader.CopyToAsync(plain);
        return plain.ToArray().SequenceEqual(pieces.SelectMany(piece => piece));
    }
}
