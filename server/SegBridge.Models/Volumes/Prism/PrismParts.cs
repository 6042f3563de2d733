using SegBridge.Models.Inference;

namespace SegBridge.Models.Volumes.Prism;

/// <summary>The parts that are open, to be closed together.</summary>
internal sealed class PrismParts : IDisposable
{
    public OnnxSession? Encoder { get; set; }

    public OnnxSession? Decoder { get; set; }

    /// <summary>Null when the bundle has none.</summary>
    public OnnxSession? Refiner { get; set; }

    public void Dispose()
    {
        Encoder?.Dispose();
        Decoder?.Dispose();
        Refiner?.Dispose();
    }
}
