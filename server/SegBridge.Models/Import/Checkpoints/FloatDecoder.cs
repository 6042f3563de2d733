using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SegBridge.Models.Import.Checkpoints;

/// <summary>Turns stored floating-point elements into float32. float64 is rounded; the others are exact.</summary>
internal static class FloatDecoder
{
    /// <param name="type">A floating type.</param>
    /// <param name="bytes">As many elements of it as <paramref name="values"/> has.</param>
    /// <param name="values">Receives them.</param>
    public static void Decode(ElementType type, ReadOnlySpan<byte> bytes, Span<float> values)
    {
        switch (type)
        {
            case ElementType.Float32:
                bytes.CopyTo(MemoryMarshal.AsBytes(values));
                break;
            case ElementType.Float64:
                var doubles = MemoryMarshal.Cast<byte, double>(bytes);
                for (var n = 0; n < values.Length; n++)
                {
                    values[n] = (float)doubles[n];
                }

                break;
            case ElementType.Float16:
                var halves = MemoryMarshal.Cast<byte, Half>(bytes);
                for (var n = 0; n < values.Length; n++)
                {
                    values[n] = (float)halves[n];
                }

                break;
            case ElementType.BFloat16:
                for (var n = 0; n < values.Length; n++)
                {
                    // The upper half of a float32.
                    values[n] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * n)..]) << 16);
                }

                break;
            default:
                throw new ArgumentException($"{type} is no floating type", nameof(type));
        }
    }
}
