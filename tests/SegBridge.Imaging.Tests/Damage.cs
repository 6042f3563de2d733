namespace SegBridge.Imaging.Tests;

/// <summary>What can happen to bytes on their way: flipped, cut, doubled, overwritten.</summary>
internal static class Damage
{
    public static byte[] Apply(Random random, byte[] data)
    {
        var damaged = data.ToList();
        for (var n = random.Next(1, 4); n > 0 && damaged.Count > 0; n--)
        {
            var at = random.Next(damaged.Count);
            switch (random.Next(5))
            {
                case 0:
                    damaged[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    damaged.RemoveRange(at, damaged.Count - at);
                    break;
                case 2:
                    damaged.InsertRange(at, random.Bytes(random.Next(1, 20)));
                    break;
                case 3:
                    damaged[at] = Samples.Of(random, new byte[] { 0, 255, 127, 128 });
                    break;
                default:
                    damaged.RemoveAt(at);
                    break;
            }
        }

        return [.. damaged];
    }
}
