using System.Globalization;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Journal;

/// <summary>What can be read of a journal.</summary>
/// <param name="Acts">All acts up to the first damage.</param>
/// <param name="Length">Bytes of the lines that hold them.</param>
/// <param name="LastCrc">The CRC-32 of the last of them; the next line follows on it.</param>
/// <param name="Damage">What lies behind them and cannot be used, in words; null when nothing does.</param>
internal sealed record JournalText(IReadOnlyList<Act> Acts, long Length, uint LastCrc, string? Damage)
{
    /// <summary>What the session works on.</summary>
    /// <exception cref="WrongStateException">The text does not say so in words that this version knows.</exception>
    public OpenedAct Opened => Acts is [OpenedAct { Format: OpenedAct.CurrentFormat } opened, ..]
        ? opened
        : throw new WrongStateException("the session's journal was written by another version, or its very beginning is damaged; open a new session");

    public static JournalText Read(ReadOnlySpan<byte> bytes)
    {
        var (acts, good, crc) = (new List<Act>(), 0, 0u);
        while (bytes[good..].IndexOf((byte)'\n') is >= 0 and var end && JournalLine.Read(bytes.Slice(good, end), crc) is { } line)
        {
            acts.Add(line.Act);
            (good, crc) = (good + end + 1, line.Crc);
        }

        return new JournalText(acts, good, crc, DamageOf(bytes[good..], acts));
    }

    private static string? DamageOf(ReadOnlySpan<byte> rest, List<Act> acts)
    {
        if (rest.IsEmpty)
        {
            return null;
        }

        var lines = rest.Count((byte)'\n') + (rest[^1] == '\n' ? 0 : 1);
        var since = acts.Count == 0
            ? "the session began"
            : DateTimeOffset.FromUnixTimeMilliseconds(acts[^1].At).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        return $"the journal is damaged: about {lines} of its entries, all after {since}, could not be read";
    }
}
