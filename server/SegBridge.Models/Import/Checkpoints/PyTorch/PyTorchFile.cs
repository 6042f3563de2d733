using SegBridge.Models.Import.Checkpoints.Pickle;
using SegBridge.Models.Import.Checkpoints.Zip;

namespace SegBridge.Models.Import.Checkpoints.PyTorch;

/// <summary>Reads files of torch.save since PyTorch 1.6: a zip file with a pickle, and the storages of tensors beside it.</summary>
internal sealed class PyTorchFile
{
    private const string PickleName = "data.pkl";
    private const int LargestPickle = 32 << 20;
    private readonly CheckpointBytes _bytes;
    private readonly ZipDirectory _zip;
    private readonly string _folder;

    private PyTorchFile(CheckpointBytes bytes, ZipDirectory zip, string folder)
    {
        _bytes = bytes;
        _zip = zip;
        _folder = folder;
    }

    /// <exception cref="CheckpointException">It is another file, is damaged, or holds what is refused.</exception>
    public static Checkpoint Open(CheckpointBytes bytes)
    {
        var zip = ZipDirectory.Read(bytes);
        return new PyTorchFile(bytes, zip, FindFolder(zip)).Read();
    }

    /// <summary>The folder of the pickle with its '/': torch.save names it after the file.</summary>
    private static string FindFolder(ZipDirectory zip)
    {
        var pickles = zip.Entries.Select(entry => entry.Name)
            .Where(name => name.EndsWith($"/{PickleName}", StringComparison.Ordinal) && name.IndexOf('/', StringComparison.Ordinal) == name.Length - PickleName.Length - 1)
            .ToArray();
        if (pickles.Length != 1)
        {
            throw new CheckpointException(
                $"the zip file has {(pickles.Length == 0 ? "no" : "more than one")} pickle \"…/{PickleName}\": it is no file of torch.save");
        }

        var folder = pickles[0][..^PickleName.Length];
        return zip.Find($"{folder}constants.pkl") is null
            ? folder
            : throw new CheckpointException("the file is a TorchScript program, not a state dict: save model.state_dict() with torch.save");
    }

    private Checkpoint Read()
    {
        RequireLittleEndian();
        var world = new TorchWorld(Storage);
        var root = PickleReader.Read(Content(_zip.Find($"{_folder}{PickleName}")!, LargestPickle), world);
        return new Checkpoint(_bytes, StateDict.Of(root), world.Unread);
    }

    private void RequireLittleEndian()
    {
        if (_zip.Find($"{_folder}byteorder") is { } entry && !Content(entry, 16).AsSpan().SequenceEqual("little"u8))
        {
            throw new CheckpointException("the checkpoint was saved on a big-endian machine: save it again on a common one");
        }
    }

    private byte[] Content(ZipEntry entry, int largest)
    {
        var position = _zip.PositionOf(entry);
        if (entry.Size > largest)
        {
            throw new CheckpointException($"\"{entry.Name}\" has {entry.Size} bytes; at most {largest} can be right: it holds something else than a state dict");
        }

        _zip.Verify(entry);
        var content = new byte[entry.Size];
        _bytes.Read(position, content);
        return content;
    }

    private StoredElements Storage(ElementType type, string key, long count)
    {
        var entry = _zip.Find($"{_folder}data/{key}")
            ?? throw new CheckpointException($"the storage \"{PickleText.Short(key)}\" of a tensor is missing from the file: it is damaged or forged");
        var size = (Int128)count * ElementTypes.SizeOf(type);
        return count >= 0 && size == entry.Size
            ? new StoredElements(_bytes, _zip.PositionOf(entry), count, type, () => _zip.Verify(entry))
            : throw new CheckpointException(
                $"\"{entry.Name}\" has {entry.Size} bytes; {count} elements of {type} are announced: the file is damaged or forged");
    }
}
