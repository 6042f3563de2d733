using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using SegBridge.Sessions.Errors;
using SegBridge.Sessions.Tasks.Disk;

namespace SegBridge.Sessions.Tasks;

/// <summary>
/// A task as one zip file: <c>task.json</c> with its name, and <c>examples/0001/</c> and so on with the files of an
/// example. The reader takes nothing else, and looks at names, counts and sizes before it unpacks; pictures are decoded and
/// written anew, so that nothing else that an archive holds gets into the store.
/// </summary>
internal sealed partial class TaskArchive : IDisposable
{
    private const int EndBytes = 22;
    private const uint EndSignature = 0x06054B50;
    private const int MostDirectoryBytesPerEntry = 256;

    private readonly ZipArchive _zip;
    private readonly SortedDictionary<string, Dictionary<string, ZipArchiveEntry>> _examples;

    private TaskArchive(ZipArchive zip, string name, SortedDictionary<string, Dictionary<string, ZipArchiveEntry>> examples) =>
        (_zip, Name, _examples) = (zip, name, examples);

    public string Name { get; }

    public static void Write(Stream stream, string name, IEnumerable<ExamplePicture> pictures, CancellationToken cancellation)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Write(zip, TaskAbout.FileName, new TaskAbout(name, Owner: null).Write);
        var number = 0;
        foreach (var picture in pictures)
        {
            cancellation.ThrowIfCancellationRequested();
            var folder = string.Create(CultureInfo.InvariantCulture, $"examples/{++number:0000}/");
            foreach (var (file, write) in ExampleFiles.Parts(picture))
            {
                Write(zip, folder + file, write);
            }
        }
    }

    /// <exception cref="InvalidRequestException">It is no archive of a task.</exception>
    public static TaskArchive Open(FileStream file, int maxExamples) => Reading(() =>
    {
        RequireSmallDirectory(file, maxExamples);
        var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        try
        {
            return Sort(zip, maxExamples);
        }
        catch
        {
            zip.Dispose();
            throw;
        }
    });

    /// <summary>The examples in order, each decoded when it is asked for.</summary>
    /// <exception cref="InvalidRequestException">One of them is damaged.</exception>
    public IEnumerable<ExamplePicture> Pictures() => _examples.Values.Select(files => Reading(() =>
    {
        using var about = Unpack(files[ExampleFiles.About]);
        using var image = Unpack(files[ExampleFiles.Image]);
        using var mask = Unpack(files[ExampleFiles.Mask]);
        return ExampleFiles.Decode(image, mask, ExampleFiles.Parse<ExampleKind>(about).Windowed);
    }));

    public void Dispose() => _zip.Dispose();

    private static TaskArchive Sort(ZipArchive zip, int maxExamples)
    {
        var examples = new SortedDictionary<string, Dictionary<string, ZipArchiveEntry>>(StringComparer.Ordinal);
        ZipArchiveEntry? about = null;
        foreach (var entry in zip.Entries)
        {
            var match = ExampleFile().Match(entry.FullName);
            if (match.Success)
            {
                var number = match.Groups["number"].Value;
                examples.TryAdd(number, []);
                if (!examples[number].TryAdd(match.Groups["file"].Value, entry))
                {
                    throw new InvalidDataException("it has a file twice");
                }
            }
            else if (entry.FullName == TaskAbout.FileName && about is null)
            {
                about = entry;
            }
            else if (!FolderName().IsMatch(entry.FullName))
            {
                throw new InvalidDataException($"it may only hold {TaskAbout.FileName} and examples/NNNN/ with {ExampleFiles.Image}, {ExampleFiles.Mask} and {ExampleFiles.About}");
            }
        }

        if (about is null || examples.Values.Any(files => files.Count != 3))
        {
            throw new InvalidDataException($"it must hold {TaskAbout.FileName}, and of every example {ExampleFiles.Image}, {ExampleFiles.Mask} and {ExampleFiles.About}");
        }

        if (examples.Count > maxExamples)
        {
            throw new InvalidDataException($"it has {examples.Count} examples; at most {maxExamples} are allowed");
        }

        using var json = Unpack(about, TaskAbout.MaxBytes);
        return new TaskArchive(zip, TaskAbout.Parse(json.ToArray()).Name, examples);
    }

    // The framework reads the whole directory into memory: that it is small must be known before.
    private static void RequireSmallDirectory(FileStream file, int maxExamples)
    {
        var end = new byte[EndBytes];
        if (file.Length < EndBytes)
        {
            throw new InvalidDataException("it is no zip file");
        }

        file.Position = file.Length - EndBytes;
        file.ReadExactly(end);
        var (entries, bytes, start) = (
            BinaryPrimitives.ReadUInt16LittleEndian(end.AsSpan(10)),
            BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(12)),
            BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(16)));
        if (BinaryPrimitives.ReadUInt32LittleEndian(end) != EndSignature || start + (long)bytes + EndBytes != file.Length)
        {
            throw new InvalidDataException("it is cut off or no plain zip file");
        }

        // Three files and perhaps folders for each example, and a few more.
        var most = (5 * maxExamples) + 2;
        if (entries > most || bytes > (long)most * MostDirectoryBytesPerEntry)
        {
            throw new InvalidDataException($"it lists {entries} files; a task of {maxExamples} examples, the most allowed, has no more than {most}");
        }

        file.Position = 0;
    }

    private static void Write(ZipArchive zip, string name, Action<Stream> write)
    {
        // Pictures are compressed already.
        using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        write(entry);
    }

    private static MemoryStream Unpack(ZipArchiveEntry entry, int most = ExampleFiles.MaxFileBytes)
    {
        if (entry.Length > most)
        {
            throw new InvalidDataException($"{entry.Name} unpacks to {entry.Length} bytes; at most {most} are allowed");
        }

        var content = new byte[entry.Length];
        using var packed = entry.Open();
        packed.ReadExactly(content);
        return packed.ReadByte() < 0 ? new MemoryStream(content) : throw new InvalidDataException($"{entry.Name} unpacks to more than it declares");
    }

    private static T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            throw new InvalidRequestException($"data: this is no archive that ExportTask wrote: {error.Message}");
        }
    }

    [GeneratedRegex("^examples/(?<number>[0-9]{4,6})/(?<file>image\\.png|mask\\.png|example\\.json)$")]
    private static partial Regex ExampleFile();

    [GeneratedRegex("^examples/([0-9]{4,6}/)?$")]
    private static partial Regex FolderName();
}
