using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace SegBridge.Cli.Tests.Evaluate;

/// <summary>Writes arrays as NumPy does.</summary>
internal static class Npy
{
    public static void Write(string path, float[] values, params int[] shape)
    {
        var header = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({string.Join(", ", shape)}), }}").PadRight(117) + "\n";
        byte[] start = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, (byte)header.Length, 0];
        File.WriteAllBytes(path, [.. start, .. Encoding.ASCII.GetBytes(header), .. MemoryMarshal.AsBytes(values.AsSpan())]);
    }
}
