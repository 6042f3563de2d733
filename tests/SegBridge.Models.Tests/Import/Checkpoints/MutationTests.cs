using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using SegBridge.Models.Import.Checkpoints;
using SegBridge.Models.Import.Checkpoints.Pickle;
using SegBridge.Models.Import.Checkpoints.PyTorch;

namespace SegBridge.Models.Tests.Import.Checkpoints;

/// <summary>A thousand spoilt files of each kind: each is read or refused as a checkpoint, never anything else.</summary>
public sealed class MutationTests : IDisposable
{
    private const int Mutations = 1000;
    private readonly ScratchFolder _scratch = new();

    [Fact]
    public void Spoilt_files_of_torch_save_are_read_or_refused()
    {
        var path = Path.Combine(_scratch.Path, "valid.pt");
        Sample().Save(path, ["model_state_dict"], _ => [("epoch", pickle => pickle.Whole(7000)), ("loss", pickle => pickle.Number(0.5))]);

        Assert.InRange(Spoil(File.ReadAllBytes(path), ReadFile), 1, Mutations);
    }

    [Fact]
    public void Spoilt_safetensors_are_read_or_refused()
    {
        const string header = """{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"BF16","shape":[4],"data_offsets":[16,24]}}""";
        var prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, header.Length);

        Assert.InRange(Spoil([.. prefix, .. Encoding.UTF8.GetBytes(header), .. new byte[24]], ReadFile), 1, Mutations);
    }

    // Without the zip file around it, whose checksum would notice every change.
    [Fact]
    public void Spoilt_pickles_are_read_or_refused()
    {
        var pickle = new PickleWriter().Dict(
        [
            ("epoch", writer => writer.Whole(7000)),
            ("list", writer => writer.Op(']').Op('(').Whole(1).Text("two").Number(3).Op('e')),
            ("model", writer => writer.Dict(
            [
                ("a", inner => inner.Tensor("FloatStorage", "0", 8, 2, [2, 3], [3, 1])),
                ("b", inner => inner.Tensor("HalfStorage", "1", 16, 0, [16], [1])),
            ])),
        ]).ToArray();

        Assert.InRange(Spoil(pickle, ReadPickle), 1, Mutations);
    }

    public void Dispose() => _scratch.Dispose();

    private static TorchFile Sample()
    {
        var file = new TorchFile().Tensor("a", [1, 2, 3, 4, 5, 6], 2, 3);
        var key = file.Storage(MemoryMarshal.AsBytes<Half>([(Half)1, (Half)2, (Half)3, (Half)4]).ToArray());
        return file.Value("b", pickle => pickle.Tensor("HalfStorage", key, 4, 0, [2, 2], [1, 2]));
    }

    // Returns how many of the spoilt inputs were refused.
    private static int Spoil(byte[] valid, Action<byte[]> read)
    {
        read(valid);
        var random = new Random(20261121);
        var refused = 0;
        for (var n = 0; n < Mutations; n++)
        {
            var spoilt = Mutate(valid, random);
            try
            {
                read(spoilt);
            }
            catch (CheckpointException exception)
            {
                refused++;
                Assert.NotEmpty(exception.Message);
            }
        }

        return refused;
    }

    private static byte[] Mutate(byte[] valid, Random random)
    {
        var bytes = valid.ToList();
        for (var n = random.Next(1, 5); n > 0 && bytes.Count > 0; n--)
        {
            var place = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0: bytes[place] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[place] = (byte)random.Next(256); break;
                case 2: bytes[place] = random.Next(2) == 0 ? (byte)0xFF : (byte)0x7F; break;
                case 3: bytes.RemoveRange(place, Math.Min(random.Next(1, 9), bytes.Count - place)); break;
                case 4: bytes.InsertRange(place, bytes.GetRange(place, Math.Min(random.Next(1, 17), bytes.Count - place))); break;
                default: bytes.RemoveRange(place, random.Next(10) == 0 ? bytes.Count - place : 0); break;
            }
        }

        return [.. bytes];
    }

    private void ReadFile(byte[] bytes)
    {
        var path = Path.Combine(_scratch.Path, "spoilt");
        File.WriteAllBytes(path, bytes);
        using var checkpoint = CheckpointFile.Open(path);
        foreach (var tensor in checkpoint.Tensors.Values.Where(tensor => ElementTypes.IsFloating(tensor.Type)))
        {
            Assert.InRange(tensor.Count, 0, bytes.Length);
            tensor.CopyTo(new float[tensor.Count]);
        }
    }

    private void ReadPickle(byte[] bytes)
    {
        var path = Path.Combine(_scratch.Path, "storage");
        if (!File.Exists(path))
        {
            File.WriteAllBytes(path, new byte[256]);
        }

        using var storage = new CheckpointBytes(path);
        var world = new TorchWorld((type, _, count) => count is >= 0 and <= 16
            ? new StoredElements(storage, 0, count, type, null)
            : throw new CheckpointException("no such storage"));
        foreach (var tensor in StateDict.Of(PickleReader.Read(bytes, world)).Tensors.Values.Where(tensor => ElementTypes.IsFloating(tensor.Type)))
        {
            tensor.CopyTo(new float[tensor.Count]);
        }
    }
}
