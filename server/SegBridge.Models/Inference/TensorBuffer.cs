using Microsoft.ML.OnnxRuntime;

namespace SegBridge.Models.Inference;

/// <summary>Memory of ours that ONNX Runtime reads and writes in place.</summary>
internal sealed class TensorBuffer : IDisposable
{
    /// <summary>All zeros.</summary>
    public TensorBuffer(params long[] shape)
    {
        Values = GC.AllocateArray<float>(checked((int)shape.Aggregate(1L, (product, length) => product * length)), pinned: true);
        Tensor = OrtValue.CreateTensorValueFromMemory(Values, shape);
    }

    /// <summary>In the order of the shape.</summary>
    public float[] Values { get; }

    public OrtValue Tensor { get; }

    public long SizeBytes => (long)Values.Length * sizeof(float);

    /// <summary>
    /// A tensor over memory that a caller owns, to be disposed of after the run. As an input it is only read, whatever
    /// the type says.
    /// </summary>
    public static OrtValue Over(ReadOnlyMemory<float> values, params long[] shape) =>
        OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, System.Runtime.InteropServices.MemoryMarshal.AsMemory(values), shape);

    public void Dispose() => Tensor.Dispose();
}
