using System.IO.Compression;
using System.Runtime.InteropServices;
using SegBridge.Models.Import.Checkpoints;

namespace SegBridge.Models.Tests.Import.Checkpoints;

/// <summary>Writes files such as torch.save writes: a zip file of stored entries with a pickle and storages.</summary>
internal sealed class TorchFile
{
    private readonly List<(string Name, byte[] Content)> _entries = [];
    private readonly List<(string Key, Action<PickleWriter> Value)> _state = [];
    private int _storages;

    public TorchFile() => Entry("byteorder", "little"u8.ToArray());

    /// <summary>Whether entries are stored as they are.</summary>
    public CompressionLevel Compression { get; init; } = CompressionLevel.NoCompression;

    public TorchFile Entry(string name, byte[] content)
    {
        _entries.RemoveAll(entry => entry.Name == name);
        _entries.Add((name, content));
        return this;
    }

    /// <summary>A dense float32 tensor with a storage of its own.</summary>
    public TorchFile Tensor(string name, float[] values, params long[] shape)
    {
        var key = Storage(MemoryMarshal.AsBytes<float>(values).ToArray());
        return Value(name, pickle => pickle.Tensor("FloatStorage", key, values.Length, 0, shape, CheckpointTensor.DenseStrides(shape)));
    }

    public TorchFile Value(string name, Action<PickleWriter> value)
    {
        _state.Add((name, value));
        return this;
    }

    /// <summary>Adds a storage and returns its key.</summary>
    public string Storage(byte[] content)
    {
        var key = $"{_storages++}";
        Entry($"data/{key}", content);
        return key;
    }

    /// <param name="path">The file to write.</param>
    /// <param name="wrappers">Dictionaries around the state dict, outermost first.</param>
    public string Save(string path, params string[] wrappers) => Save(path, wrappers, _ => []);

    /// <param name="path">The file to write.</param>
    /// <param name="wrappers">Dictionaries around the state dict, outermost first.</param>
    /// <param name="beside">What stands beside the innermost wrapper.</param>
    public string Save(string path, string[] wrappers, Func<TorchFile, (string Key, Action<PickleWriter> Value)[]> beside)
    {
        Action<PickleWriter> root = pickle => pickle.Dict(_state);
        foreach (var wrapper in wrappers.Reverse())
        {
            var inner = root;
            root = pickle => pickle.Dict([.. beside(this), (wrapper, inner)]);
        }

        var writer = new PickleWriter();
        root(writer);
        return SavePickle(path, writer.ToArray());
    }

    public string SavePickle(string path, byte[] pickle)
    {
        using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (name, content) in _entries.Prepend(("data.pkl", pickle)))
        {
            using var stream = zip.CreateEntry($"archive/{name}", Compression).Open();
            stream.Write(content);
        }

        return path;
    }
}
