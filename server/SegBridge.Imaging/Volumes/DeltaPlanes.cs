using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SegBridge.Imaging.Volumes;

/// <summary>
/// The transform before zlib of <see cref="BrickEncoding.DeltaPlanesZlib"/>: differences along each row, then byte
/// planes. Written for little-endian machines, which all the server's platforms are.
/// </summary>
internal static class DeltaPlanes
{
    /// <summary>Voxels (C-order, <paramref name="rowLength"/> elements a row) to planes of the same total length.</summary>
    public static void Apply(ReadOnlySpan<byte> voxels, int elementBytes, int rowLength, Span<byte> planes)
    {
        switch (elementBytes)
        {
            case 1:
                Differences(voxels, rowLength, planes);
                break;
            case 2:
                var shorts = new ushort[voxels.Length / 2];
                Differences(MemoryMarshal.Cast<byte, ushort>(voxels), rowLength, shorts);
                Split(shorts, planes);
                break;
            default:
                var ints = new uint[voxels.Length / 4];
                Differences(MemoryMarshal.Cast<byte, uint>(voxels), rowLength, ints);
                Split(ints, planes);
                break;
        }
    }

    /// <summary>The inverse of <see cref="Apply"/>.</summary>
    public static void Undo(ReadOnlySpan<byte> planes, int elementBytes, int rowLength, Span<byte> voxels)
    {
        switch (elementBytes)
        {
            case 1:
                planes.CopyTo(voxels);
                RunningSums(voxels, rowLength);
                break;
            case 2:
                var shorts = MemoryMarshal.Cast<byte, ushort>(voxels);
                Join(planes, shorts);
                RunningSums(shorts, rowLength);
                break;
            default:
                var ints = MemoryMarshal.Cast<byte, uint>(voxels);
                Join(planes, ints);
                RunningSums(ints, rowLength);
                break;
        }
    }

    private static void Differences<T>(ReadOnlySpan<T> from, int rowLength, Span<T> to)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (var start = 0; start < from.Length; start += rowLength)
        {
            to[start] = from[start];
            var result = start + 1;
            var end = start + rowLength;
            for (; result <= end - Vector<T>.Count; result += Vector<T>.Count)
            {
                (new Vector<T>(from[result..]) - new Vector<T>(from[(result - 1)..])).CopyTo(to[result..]);
            }

            for (; result < end; result++)
            {
                to[result] = unchecked(from[result] - from[result - 1]);
            }
        }
    }

    // Within a vector the sums form in log2(lanes) shifted additions; the last lane carries to the next vector.
    private static unsafe void RunningSums<T>(Span<T> all, int rowLength)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (var start = 0; start < all.Length; start += rowLength)
        {
            var row = all.Slice(start, rowLength);
            var carry = T.Zero;
            var n = 0;
            for (; n <= row.Length - Vector128<T>.Count; n += Vector128<T>.Count)
            {
                var sums = Vector128.Create<T>(row[n..]);
                if (sizeof(T) == 1)
                {
                    sums += Vector128.Shuffle(sums.AsByte(), Up1).As<byte, T>();
                }

                if (sizeof(T) <= 2)
                {
                    sums += Vector128.Shuffle(sums.AsByte(), Up2).As<byte, T>();
                }

                sums += Vector128.Shuffle(sums.AsByte(), Up4).As<byte, T>();
                sums += Vector128.Shuffle(sums.AsByte(), Up8).As<byte, T>();
                sums += Vector128.Create(carry);
                sums.CopyTo(row[n..]);
                carry = sums[Vector128<T>.Count - 1];
            }

            for (; n < row.Length; n++)
            {
                carry = unchecked(carry + row[n]);
                row[n] = carry;
            }
        }
    }

    // Byte shuffles towards higher lanes; an index beyond the vector gives zero.
    private static Vector128<byte> Up1 => Vector128.Create((byte)255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);

    private static Vector128<byte> Up2 => Vector128.Create((byte)255, 255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);

    private static Vector128<byte> Up4 => Vector128.Create((byte)255, 255, 255, 255, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

    private static Vector128<byte> Up8 => Vector128.Create((byte)255, 255, 255, 255, 255, 255, 255, 255, 0, 1, 2, 3, 4, 5, 6, 7);

    private static void Split(ReadOnlySpan<ushort> elements, Span<byte> planes)
    {
        var (low, high) = (0, elements.Length);
        var lanes = Vector<ushort>.Count;
        var (n, mask) = (0, new Vector<ushort>(0xFF));
        for (; n <= elements.Length - (2 * lanes); n += 2 * lanes)
        {
            var (a, b) = (new Vector<ushort>(elements[n..]), new Vector<ushort>(elements[(n + lanes)..]));
            Vector.Narrow(a & mask, b & mask).CopyTo(planes[(low + n)..]);
            Vector.Narrow(a >> 8, b >> 8).CopyTo(planes[(high + n)..]);
        }

        for (; n < elements.Length; n++)
        {
            planes[low + n] = (byte)elements[n];
            planes[high + n] = (byte)(elements[n] >> 8);
        }
    }

    private static void Join(ReadOnlySpan<byte> planes, Span<ushort> elements)
    {
        var low = planes[..elements.Length];
        var high = planes[elements.Length..];
        var lanes = Vector<ushort>.Count;
        var n = 0;
        for (; n <= elements.Length - (2 * lanes); n += 2 * lanes)
        {
            Vector.Widen(new Vector<byte>(low[n..]), out var lowA, out var lowB);
            Vector.Widen(new Vector<byte>(high[n..]), out var highA, out var highB);
            (lowA | (highA << 8)).CopyTo(elements[n..]);
            (lowB | (highB << 8)).CopyTo(elements[(n + lanes)..]);
        }

        for (; n < elements.Length; n++)
        {
            elements[n] = (ushort)(low[n] | (high[n] << 8));
        }
    }

    private static void Split(ReadOnlySpan<uint> elements, Span<byte> planes)
    {
        var count = elements.Length;
        var (p0, p1, p2, p3) = (0, count, 2 * count, 3 * count);
        for (var n = 0; n < count; n++)
        {
            var element = elements[n];
            planes[p0 + n] = (byte)element;
            planes[p1 + n] = (byte)(element >> 8);
            planes[p2 + n] = (byte)(element >> 16);
            planes[p3 + n] = (byte)(element >> 24);
        }
    }

    private static void Join(ReadOnlySpan<byte> planes, Span<uint> elements)
    {
        var count = elements.Length;
        var p0 = planes[..count];
        var p1 = planes.Slice(count, count);
        var p2 = planes.Slice(2 * count, count);
        var p3 = planes.Slice(3 * count, count);
        for (var n = 0; n < count; n++)
        {
            elements[n] = p0[n] | ((uint)p1[n] << 8) | ((uint)p2[n] << 16) | ((uint)p3[n] << 24);
        }
    }
}
