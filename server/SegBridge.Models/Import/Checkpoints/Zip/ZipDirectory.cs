using System.Buffers.Binary;
using System.Text;

namespace SegBridge.Models.Import.Checkpoints.Zip;

/// <summary>
/// The directory of a zip file whose entries are stored as they are, which is how torch.save writes them: any part of
/// one can be read in place, and nothing can unpack to more than the file has.
/// </summary>
internal sealed class ZipDirectory
{
    private const int EndLength = 22;
    private const int LongestComment = 0xFFFF;
    private const int MostEntries = 200_000;
    private const int LargestDirectory = 64 << 20;
    private readonly CheckpointBytes _bytes;
    private readonly Dictionary<string, ZipEntry> _entries = new(StringComparer.Ordinal);

    private ZipDirectory(CheckpointBytes bytes)
    {
        _bytes = bytes;
    }

    public IReadOnlyCollection<ZipEntry> Entries => _entries.Values;

    /// <exception cref="CheckpointException">It is no zip file, or its directory is damaged.</exception>
    public static ZipDirectory Read(CheckpointBytes bytes)
    {
        var directory = new ZipDirectory(bytes);
        var (position, length, count) = directory.FindDirectory();
        if (length < 0 || length > LargestDirectory || count < 0 || count > MostEntries || position < 0 || position > bytes.Length - length)
        {
            throw Damaged();
        }

        var buffer = new byte[length];
        bytes.Read(position, buffer);
        directory.ReadEntries(buffer, count);
        return directory;
    }

    public ZipEntry? Find(string name) => _entries.GetValueOrDefault(name);

    /// <summary>Where the content of an entry begins.</summary>
    /// <exception cref="CheckpointException">It is compressed, or does not lie within the file.</exception>
    public long PositionOf(ZipEntry entry)
    {
        if (!entry.Plain || entry.StoredSize != entry.Size)
        {
            throw new CheckpointException(
                $"\"{entry.Name}\" is compressed or encrypted: the file was packed by another program than torch.save; unpack it and zip it with \"zip -0\", or save it again");
        }

        Span<byte> header = stackalloc byte[30];
        if (entry.Header < 0 || entry.Header > _bytes.Length - header.Length)
        {
            throw Damaged();
        }

        _bytes.Read(entry.Header, header);
        if (!header.StartsWith("PK\u0003\u0004"u8))
        {
            throw Damaged();
        }

        var position = entry.Header + header.Length
            + BinaryPrimitives.ReadUInt16LittleEndian(header[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        return entry.Size >= 0 && position <= _bytes.Length - entry.Size ? position : throw Damaged();
    }

    /// <summary>Reads an entry again and compares it with its checksum.</summary>
    /// <exception cref="CheckpointException">It is damaged.</exception>
    public void Verify(ZipEntry entry)
    {
        var position = PositionOf(entry);
        var chunk = new byte[(int)Math.Min(entry.Size, 1 << 20)];
        var crc = 0u;
        for (long done = 0; done < entry.Size;)
        {
            var part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, entry.Size - done));
            _bytes.Read(position + done, part);
            crc = Crc32.Append(crc, part);
            done += part.Length;
        }

        if (crc != entry.Crc)
        {
            throw new CheckpointException($"\"{entry.Name}\" does not have the checksum that the file gives for it: the file is damaged, get it again");
        }
    }

    private static CheckpointException Damaged() => new("the zip file's directory is damaged or cut short: get the file again");

    private (long Position, long Length, long Count) FindDirectory()
    {
        var tail = new byte[Math.Min(_bytes.Length, EndLength + LongestComment)];
        _bytes.Read(_bytes.Length - tail.Length, tail);
        var end = tail.Length < EndLength ? -1 : tail.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (end < 0 || end > tail.Length - EndLength)
        {
            throw Damaged();
        }

        var record = tail.AsSpan(end);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]);
        var position = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        const int locatorLength = 20;
        return end >= locatorLength && tail.AsSpan(end - locatorLength).StartsWith("PK\u0006\u0007"u8)
            ? FindLongDirectory(BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(end - locatorLength + 8)))
            : (position, length, count);
    }

    private (long Position, long Length, long Count) FindLongDirectory(long place)
    {
        Span<byte> record = stackalloc byte[56];
        if (place < 0 || place > _bytes.Length - record.Length)
        {
            throw Damaged();
        }

        _bytes.Read(place, record);
        return record.StartsWith("PK\u0006\u0006"u8)
            ? (BinaryPrimitives.ReadInt64LittleEndian(record[48..]), BinaryPrimitives.ReadInt64LittleEndian(record[40..]), BinaryPrimitives.ReadInt64LittleEndian(record[32..]))
            : throw Damaged();
    }

    private void ReadEntries(ReadOnlySpan<byte> directory, long count)
    {
        const int fixedLength = 46;
        for (; count > 0; count--)
        {
            if (directory.Length < fixedLength || !directory.StartsWith("PK\u0001\u0002"u8))
            {
                throw Damaged();
            }

            var name = BinaryPrimitives.ReadUInt16LittleEndian(directory[28..]);
            var extra = BinaryPrimitives.ReadUInt16LittleEndian(directory[30..]);
            var length = fixedLength + name + extra + BinaryPrimitives.ReadUInt16LittleEndian(directory[32..]);
            if (length > directory.Length)
            {
                throw Damaged();
            }

            var text = Encoding.UTF8.GetString(directory.Slice(fixedLength, name));
            if (!_entries.TryAdd(text, EntryOf(text, directory[..fixedLength], directory.Slice(fixedLength + name, extra))))
            {
                throw new CheckpointException($"the zip file has \"{text}\" twice: it is damaged or forged");
            }

            directory = directory[length..];
        }
    }

    private static ZipEntry EntryOf(string name, ReadOnlySpan<byte> record, ReadOnlySpan<byte> extra)
    {
        var encrypted = (BinaryPrimitives.ReadUInt16LittleEndian(record[8..]) & 1) != 0;
        var method = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        long stored = BinaryPrimitives.ReadUInt32LittleEndian(record[20..]);
        long size = BinaryPrimitives.ReadUInt32LittleEndian(record[24..]);
        long header = BinaryPrimitives.ReadUInt32LittleEndian(record[42..]);
        // Only fields that did not fit into 32 bits are in the extra record, in this order.
        var wide = WideFields(extra);
        size = Widen(size, ref wide);
        stored = Widen(stored, ref wide);
        header = Widen(header, ref wide);
        return new ZipEntry(name, header, size, stored, BinaryPrimitives.ReadUInt32LittleEndian(record[16..]), !encrypted && method == 0);
    }

    private static long Widen(long value, ref ReadOnlySpan<byte> wide)
    {
        if (value != uint.MaxValue)
        {
            return value;
        }

        if (wide.Length < sizeof(long))
        {
            throw Damaged();
        }

        value = BinaryPrimitives.ReadInt64LittleEndian(wide);
        wide = wide[sizeof(long)..];
        return value;
    }

    private static ReadOnlySpan<byte> WideFields(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]);
            if (length > extra.Length - 4)
            {
                break;
            }

            if (BinaryPrimitives.ReadUInt16LittleEndian(extra) == 1)
            {
                return extra.Slice(4, length);
            }

            extra = extra[(4 + length)..];
        }

        return [];
    }
}
