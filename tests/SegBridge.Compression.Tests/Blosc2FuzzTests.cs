using System.Globalization;

namespace SegBridge.Compression.Tests;

/// <summary>Damaged chunks. SEGBRIDGE_FUZZ_BODIES says how many; 3000 unless it is set.</summary>
public sealed class Blosc2FuzzTests
{
    private static readonly int Bodies =
        int.TryParse(Environment.GetEnvironmentVariable("SEGBRIDGE_FUZZ_BODIES"), NumberStyles.None, CultureInfo.InvariantCulture, out var bodies) ? bodies : 3000;

    [NeedsLibrariesFact]
    public void Damaged_chunks_are_read_or_refused_and_nothing_else_happens()
    {
        var random = new Random(20);
        byte[][] whole =
        [
            Blosc2Chunk.Encode(Blosc2ChunkTests.Smooth(2000, random)),
            Blosc2Chunk.Encode(new byte[2000]),
            .. new ChunkWriter[]
            {
                new() { TypeSize = 4, IsShuffled = true, IsSplit = true },
                new() { TypeSize = 2, IsShuffled = true },
                new() { TypeSize = 2, IsLz4 = true, IsShuffled = true, IsSplit = true },
                new() { IsLz4 = true },
            }.Select(writer => writer.Write(Blosc2ChunkTests.Smooth(2000, random))),
        ];
        var (destination, refused) = (new byte[2000], 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var n = 0; n < Bodies; n++)
        {
            var chunk = Damage(whole[n % whole.Length], random);
            try
            {
                Blosc2Chunk.Decode(chunk, destination);
            }
            catch (CompressionException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, Bodies / 10, Bodies);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / Bodies, 0, 64 << 10);
    }

    private static byte[] Damage(byte[] whole, Random random)
    {
        var chunk = whole.ToList();
        for (var n = random.Next(1, 5); n > 0 && chunk.Count > 0; n--)
        {
            var at = random.Next(3) == 0 ? random.Next(chunk.Count) : random.Next(Math.Min(chunk.Count, 64));
            switch (random.Next(5))
            {
                case 0:
                    chunk[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    chunk[at] = (byte)(random.Next(2) * 255);
                    break;
                case 2:
                    chunk.RemoveRange(at, Math.Min(random.Next(1, 40), chunk.Count - at));
                    break;
                case 3:
                    chunk.InsertRange(at, new byte[random.Next(1, 20)]);
                    break;
                default:
                    chunk[at] = (byte)random.Next(256);
                    break;
            }
        }

        return [.. chunk];
    }
}
