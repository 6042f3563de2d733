using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using SegBridge.Models.Import.Checkpoints;

namespace SegBridge.Models.Tests.Import.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private string Path => System.IO.Path.Combine(_scratch.Path, "a.safetensors");

    [Fact]
    public void Tensors_of_all_floating_types_are_read()
    {
        Save(
            """{"__metadata__":{"format":"pt"},"module.a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"module.b":{"dtype":"F16","shape":[2],"data_offsets":[8,12]},"module.c":{"dtype":"F64","shape":[],"data_offsets":[12,20]}}""",
            [.. MemoryMarshal.AsBytes<float>([1.5f, -2]), .. MemoryMarshal.AsBytes<Half>([(Half)0.25f, (Half)8]), .. MemoryMarshal.AsBytes<double>([3])]);

        using var checkpoint = CheckpointFile.Open(Path);

        Assert.Equal(["module."], checkpoint.Unwrapped);
        Assert.Equal([1, 2], checkpoint.Tensors["a"].Shape);
        Assert.Equal([1.5f, -2], Values(checkpoint, "a"));
        Assert.Equal([0.25f, 8], Values(checkpoint, "b"));
        Assert.Equal([3], Values(checkpoint, "c"));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}""", "is not within the file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-4,4]}}""", "is not within the file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,0]}}""", "is not within the file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""", "has 2 stored elements")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", "does not fit")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}""", "does not fit")]
    [InlineData("""{"a":{"dtype":"F8","shape":[8],"data_offsets":[0,8]}}""", "is of type F8")]
    [InlineData("""{"a":{"shape":[8],"data_offsets":[0,8]}}""", "the safetensors header is damaged")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "the safetensors header is damaged")]
    [InlineData("""{"a":[]}""", "the safetensors header is damaged")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "the safetensors header is damaged")]
    [InlineData("""{nonsense""", "the safetensors header is damaged")]
    [InlineData("""{"__metadata__":{}}""", "has no tensors")]
    public void A_header_that_does_not_fit_the_file_is_refused(string header, string reason)
    {
        Save(header, new byte[8]);

        Assert.Contains(reason, Assert.Throws<CheckpointException>(() => CheckpointFile.Open(Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1000)]
    [InlineData(long.MaxValue)]
    public void A_header_longer_than_the_file_is_refused(long length)
    {
        Save("{}", new byte[8], length);

        Assert.Contains("cannot be right in a file of", Assert.Throws<CheckpointException>(() => CheckpointFile.Open(Path)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();

    private static float[] Values(Checkpoint checkpoint, string name)
    {
        var values = new float[checkpoint.Tensors[name].Count];
        checkpoint.Tensors[name].CopyTo(values);
        return values;
    }

    private void Save(string header, byte[] data, long? length = null)
    {
        var prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, length ?? header.Length);
        File.WriteAllBytes(Path, [.. prefix, .. Encoding.UTF8.GetBytes(header), .. data]);
    }
}
