using FsCheck;
using FsCheck.Fluent;

namespace SegBridge.Imaging.Tests;

/// <summary>Properties over cases that grow from one seed; a failure names the seed that repeats it.</summary>
internal static class Seeded
{
    public static void ForAll(Action<Random> property, int cases = 100) =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed => property(new Random(seed)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(cases));

    public static byte[] Bytes(this Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
