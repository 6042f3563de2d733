using System.Buffers.Binary;

namespace SegBridge.Imaging.Tests.Formats;

/// <summary>A NIfTI-1 file built field by field, so that a test can set any of them to anything.</summary>
internal sealed class NiftiBytes
{
    private readonly byte[] _header = new byte[352];

    public NiftiBytes(bool bigEndian = false)
    {
        BigEndian = bigEndian;
        Int(0, 348).Shorts(40, 3, 3, 2, 2, 1, 1, 1, 1).Shorts(70, 4, 16).Singles(76, 1, 0.5f, 2, 3).Singles(108, 352, 1, 0);
        Shorts(252, 0, 1).Singles(280, 0.5f, 0, 0, 10, 0, 2, 0, 20, 0, 0, 3, 30);
        "n+1\0"u8.CopyTo(_header.AsSpan(344));
    }

    public bool BigEndian { get; }

    /// <summary>The voxels; 3×2×2 of 16 bits unless a test says otherwise.</summary>
    public byte[] Voxels { get; set; } = new byte[24];

    public MemoryStream File => new([.. _header, .. Voxels]);

    public NiftiBytes Byte(int at, byte value)
    {
        _header[at] = value;
        return this;
    }

    public NiftiBytes Int(int at, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_header.AsSpan(at), BigEndian ? BinaryPrimitives.ReverseEndianness(value) : value);
        return this;
    }

    public NiftiBytes Shorts(int at, params short[] values)
    {
        for (var n = 0; n < values.Length; n++)
        {
            var value = BigEndian ? BinaryPrimitives.ReverseEndianness(values[n]) : values[n];
            BinaryPrimitives.WriteInt16LittleEndian(_header.AsSpan(at + (2 * n)), value);
        }

        return this;
    }

    public NiftiBytes Singles(int at, params float[] values)
    {
        for (var n = 0; n < values.Length; n++)
        {
            Int(at + (4 * n), BitConverter.SingleToInt32Bits(values[n]));
        }

        return this;
    }
}
