using System.Buffers.Binary;

namespace SegBridge.Compression.Tests;

public sealed class Blosc2ChunkTests
{
    [NeedsLibrariesFact]
    public void Chunks_of_all_forms_hold_what_was_put_in()
    {
        var random = new Random(7);
        foreach (var typeSize in (int[])[1, 2, 4, 8])
        {
            foreach (var (isLz4, isShuffled, isSplit) in (ReadOnlySpan<(bool, bool, bool)>)[
                (false, false, false), (false, true, false), (false, true, true), (true, false, false), (true, true, true), (false, false, true)])
            {
                var writer = new ChunkWriter { TypeSize = typeSize, IsLz4 = isLz4, IsShuffled = isShuffled, IsSplit = isSplit };
                foreach (var length in (int[])[1, 9, 255, 256, 257, 1000, 4096, 4099])
                {
                    var data = Smooth(length, random);
                    Assert.Equal(data, Decode(writer.Write(data), length));
                }
            }
        }
    }

    [NeedsLibrariesFact]
    public void What_is_encoded_is_decoded_again()
    {
        var random = new Random(8);
        foreach (var length in (int[])[0, 1, 31, 1000, 100_000])
        {
            var noise = new byte[length];
            random.NextBytes(noise);
            foreach (var data in (byte[][])[noise, Smooth(length, random), new byte[length]])
            {
                Assert.Equal(data, Decode(Blosc2Chunk.Encode(data), length));
            }
        }
    }

    [Fact]
    public void A_chunk_of_zeros_is_its_header_alone()
    {
        Assert.Equal("05019501e8030000e80300002000000000000000000005000000000000000010", Convert.ToHexStringLower(Blosc2Chunk.Encode(new byte[1000])));
        Assert.Equal(1000, Blosc2Chunk.DecodedBytes(Blosc2Chunk.Encode(new byte[1000])));
    }

    [Fact]
    public void A_repeated_value_and_stored_bytes_are_read_without_any_library()
    {
        var repeated = Convert.FromHexString("0501150408000000080000002400000000000000000000000000000000000030" + "00002041");
        Assert.Equal(Convert.FromHexString("0000204100002041"), Decode(repeated, 8));
        var stored = Convert.FromHexString("0501870104000000040000002400000000000000000000000000000000000000" + "01020304");
        Assert.Equal([1, 2, 3, 4], Decode(stored, 4));
    }

    [Theory]
    [InlineData(0, 9, "version 3 to 6")]
    [InlineData(2, 0x10, "extended header")]
    [InlineData(2, 0x55, "codec 2")]
    [InlineData(3, 0, "0 bytes an element")]
    [InlineData(16, 4, "other filters")]
    [InlineData(31, 0x20, "special kind 2")]
    [InlineData(12, 0xFF, "damaged")]
    [InlineData(8, 0, "damaged")]
    public void What_cannot_be_read_is_refused_with_its_reason(int at, byte value, string reason)
    {
        var chunk = Convert.FromHexString("0501950104000000040000003000000000000000000000000000000000000000" + "24000000" + "04000000" + "01020304" + "00000000");
        Assert.Equal([1, 2, 3, 4], Decode(chunk, 4));
        chunk[at] = value;
        var refused = Assert.Throws<CompressionException>(() => Decode(chunk, 4));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [NeedsLibrariesFact]
    public void A_chunk_that_holds_more_or_less_than_there_is_room_for_is_refused()
    {
        var chunk = new ChunkWriter().Write(Smooth(1000, new Random(9)));
        Assert.Throws<CompressionException>(() => Decode(chunk, 999));
        Assert.Throws<CompressionException>(() => Decode(chunk, 1001));
        // The header may lie; the streams then do not fill their blocks.
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(4), 1001);
        Assert.Throws<CompressionException>(() => Decode(chunk, 1001));
    }

    internal static byte[] Smooth(int length, Random random)
    {
        var (data, value) = (new byte[length], (byte)0);
        for (var n = 0; n < length; n++)
        {
            value += (byte)(random.Next(8) == 0 ? random.Next(3) : 0);
            data[n] = value;
        }

        return data;
    }

    internal static byte[] Decode(byte[] chunk, int length)
    {
        var data = new byte[length];
        Blosc2Chunk.Decode(chunk, data);
        return data;
    }
}
