using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Sessions.Journal;

/// <summary>
/// One line of a journal: eight hexadecimal digits, a space, an act as JSON, a line feed. The digits are the CRC-32 of
/// the line before's CRC-32 (four bytes, little-endian; 0 before the first) and the JSON, so that a lost, doubled or
/// swapped line is noticed as well as a damaged one.
/// </summary>
internal readonly record struct JournalLine(uint Crc, Act Act)
{
    private const int CrcDigits = 8;

    public static (uint Crc, byte[] Line) Write(Act act, uint previous)
    {
        var json = ActJson.Write(act);
        var crc = CrcOf(previous, json);
        return (crc, [.. Encoding.ASCII.GetBytes($"{crc:x8} "), .. json, (byte)'\n']);
    }

    /// <param name="line">Without its line feed.</param>
    /// <param name="previous">The CRC-32 of the line before.</param>
    /// <returns>Null when the line is damaged, or not the one that followed.</returns>
    public static JournalLine? Read(ReadOnlySpan<byte> line, uint previous)
    {
        if (line.Length <= CrcDigits || line[CrcDigits] != ' '
            || !uint.TryParse(line[..CrcDigits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var crc))
        {
            return null;
        }

        var json = line[(CrcDigits + 1)..];
        return CrcOf(previous, json) == crc && ActJson.Read(json) is { } act ? new JournalLine(crc, act) : null;
    }

    private static uint CrcOf(uint previous, ReadOnlySpan<byte> json)
    {
        var chained = new byte[sizeof(uint) + json.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(chained, previous);
        json.CopyTo(chained.AsSpan(sizeof(uint)));
        return BrickCodec.Crc32(chained);
    }
}
