using System.IO.Compression;
using SegBridge.Imaging.Compression;

namespace SegBridge.Imaging.Tests.Compression;

public sealed class GzipPiecesTests
{
    [Theory]
    [InlineData(0, 0, 10)]
    [InlineData(352, 0, 10)]
    [InlineData(0, 1000, 1000)]
    [InlineData(17, 1003, 100)]
    [InlineData(352, 70_000, 4096)]
    public void What_is_packed_in_pieces_inflates_to_the_whole(int head, int length, int piece)
    {
        var chance = new Random(length);
        var (before, data) = (new byte[head], new byte[length]);
        chance.NextBytes(before);
        for (var at = 0; at < length; at += piece)
        {
            // Some pieces of zeros, some of almost nothing else, some of noise.
            var one = data.AsSpan(at, Math.Min(piece, length - at));
            switch (chance.Next(3))
            {
                case 1:
                    one[^1] = 7;
                    break;
                case 2:
                    chance.NextBytes(one);
                    break;
            }
        }

        using var packed = new MemoryStream();
        GzipPieces.Write(packed, before, data, piece);
        packed.Position = 0;
        using var inflated = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Decompress, leaveOpen: true))
        {
            gzip.CopyTo(inflated);
        }

        Assert.Equal([.. before, .. data], inflated.ToArray());
        Assert.Equal(packed.Length, packed.Position);
    }

    [Fact]
    public void A_mask_of_a_large_volume_takes_next_to_nothing()
    {
        var mask = new byte[512 * 512 * 60];
        mask.AsSpan(30 * 512 * 512, 4000).Fill(1);
        using var packed = new MemoryStream();
        GzipPieces.Write(packed, [], mask, 512 * 512);
        Assert.InRange(packed.Length, 1, mask.Length / 200);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(262_144)]
    [InlineData(1_000_003)]
    public void Zeros_are_counted_into_a_checksum_without_being_looked_at(int count)
    {
        byte[] before = [1, 2, 3, 200];
        Assert.Equal(Crc32.Of([.. before, .. new byte[count]]), Crc32.AppendZeros(Crc32.Of(before), count));
    }
}
