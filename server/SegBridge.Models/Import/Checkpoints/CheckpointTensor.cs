namespace SegBridge.Models.Import.Checkpoints;

/// <summary>
/// A tensor that stays in its file until it is asked for: a strided view of stored elements. Creating one checks that
/// the view lies within them, so that nothing is allocated for a shape that the file cannot fill.
/// </summary>
internal sealed class CheckpointTensor
{
    private const int MostAxes = 16;
    private readonly StoredElements _elements;
    private readonly long _offset;
    private readonly long[] _shape;
    private readonly long[] _strides;

    private CheckpointTensor(StoredElements elements, long offset, long[] shape, long[] strides, long count)
    {
        _elements = elements;
        _offset = offset;
        _shape = shape;
        _strides = strides;
        Count = count;
    }

    public IReadOnlyList<long> Shape => _shape;

    public ElementType Type => _elements.Type;

    /// <summary>Elements, at most those stored.</summary>
    public long Count { get; }

    /// <param name="elements">What is stored.</param>
    /// <param name="offset">Element of the tensor's first value.</param>
    /// <param name="shape">Axis lengths.</param>
    /// <param name="strides">Elements between neighbours along each axis.</param>
    /// <exception cref="CheckpointException">The view leaves the stored elements, or repeats them.</exception>
    public static CheckpointTensor Create(StoredElements elements, long offset, long[] shape, long[] strides)
    {
        if (shape.Length > MostAxes || shape.Length != strides.Length)
        {
            throw new CheckpointException($"a tensor has {shape.Length} axes and {strides.Length} strides; as many of both, at most {MostAxes}, would be right");
        }

        if (offset < 0 || shape.Any(length => length < 0) || strides.Any(stride => stride < 0))
        {
            throw Outside(elements, offset, shape, strides);
        }

        var count = Count128(shape);
        // In 128 bits: 16 products of 63 bits each cannot overflow.
        var last = (Int128)offset;
        for (var axis = 0; axis < shape.Length && count > 0; axis++)
        {
            last += (Int128)(shape[axis] - 1) * strides[axis];
        }

        if (count > elements.Count || (count > 0 && last >= elements.Count))
        {
            throw Outside(elements, offset, shape, strides);
        }

        return new CheckpointTensor(elements, offset, shape, strides, (long)count);
    }

    /// <summary>Strides of a tensor whose elements lie in row-major order without gaps.</summary>
    public static long[] DenseStrides(IReadOnlyList<long> shape)
    {
        var strides = new long[shape.Count];
        var stride = 1L;
        for (var axis = shape.Count - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride = unchecked(stride * Math.Max(1, shape[axis]));
        }

        return strides;
    }

    /// <summary>Reads all values in row-major order as float32.</summary>
    /// <param name="values"><see cref="Count"/> elements.</param>
    /// <exception cref="CheckpointException">They are no floating-point numbers, or the file is damaged.</exception>
    public void CopyTo(Span<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, Count);
        if (!ElementTypes.IsFloating(Type))
        {
            throw new CheckpointException($"a tensor holds {Type}; weights must be floating-point numbers");
        }

        if (Count == 0)
        {
            return;
        }

        if (IsDense())
        {
            ReadDense(_offset, values);
            return;
        }

        var extent = 1L;
        for (var axis = 0; axis < _shape.Length; axis++)
        {
            extent += (_shape[axis] - 1) * _strides[axis];
        }

        if (extent > Array.MaxLength / sizeof(double))
        {
            throw new CheckpointException($"a tensor's {Count} elements are spread over {extent}: save its contiguous() copy instead");
        }

        var window = new float[extent];
        ReadDense(_offset, window);
        Gather(window, values);
    }

    private static Int128 Count128(long[] shape)
    {
        if (shape.Contains(0))
        {
            return 0;
        }

        var count = (Int128)1;
        foreach (var length in shape)
        {
            count *= length;
            if (count > long.MaxValue)
            {
                return long.MaxValue;
            }
        }

        return count;
    }

    private static CheckpointException Outside(StoredElements elements, long offset, long[] shape, long[] strides) => new(
        $"a tensor of shape [{string.Join(", ", shape)}] with strides [{string.Join(", ", strides)}] from element {offset} "
        + $"does not fit into its {elements.Count} stored elements: the file is damaged or forged");

    private bool IsDense()
    {
        var dense = DenseStrides(_shape);
        for (var axis = 0; axis < _shape.Length; axis++)
        {
            if (_shape[axis] != 1 && _strides[axis] != dense[axis])
            {
                return false;
            }
        }

        return true;
    }

    private void ReadDense(long first, Span<float> values)
    {
        if (Type == ElementType.Float32)
        {
            _elements.Read(first, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values));
            return;
        }

        const int chunk = 1 << 18;
        var size = ElementTypes.SizeOf(Type);
        var bytes = new byte[Math.Min(values.Length, chunk) * size];
        for (var done = 0; done < values.Length; done += chunk)
        {
            var count = Math.Min(chunk, values.Length - done);
            _elements.Read(first + done, bytes.AsSpan(0, count * size));
            FloatDecoder.Decode(Type, bytes.AsSpan(0, count * size), values.Slice(done, count));
        }
    }

    private void Gather(ReadOnlySpan<float> window, Span<float> values)
    {
        var index = new long[_shape.Length];
        var place = 0L;
        for (var n = 0; n < values.Length; n++)
        {
            values[n] = window[(int)place];
            for (var axis = _shape.Length - 1; axis >= 0; axis--)
            {
                place += _strides[axis];
                if (++index[axis] < _shape[axis])
                {
                    break;
                }

                place -= index[axis] * _strides[axis];
                index[axis] = 0;
            }
        }
    }
}
