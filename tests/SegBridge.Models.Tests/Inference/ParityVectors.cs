namespace SegBridge.Models.Tests.Inference;

/// <summary>Small networks of all families with the numbers that PyTorch gives, made once for all tests of the collection.</summary>
public sealed class ParityVectors : IDisposable
{
    public const string Collection = "parity vectors";

    private static readonly string[] Families = ["", "sam", "multiverseg", "prism"];

    private readonly Lazy<ScratchFolder> _scratch = new(() =>
    {
        var scratch = new ScratchFolder();
        PyTorch.WriteParityVectors(scratch.Path, Families);
        return scratch;
    });

    /// <param name="family">"unet", "sam", "multiverseg" or "prism".</param>
    /// <param name="name">The case's folder.</param>
    internal ParityCase Case(string family, string name) => new(Path.Combine(_scratch.Value.Path, family, name));

    public void Dispose()
    {
        if (_scratch.IsValueCreated)
        {
            _scratch.Value.Dispose();
        }
    }
}

[CollectionDefinition(ParityVectors.Collection)]
public sealed class ParityCollection : ICollectionFixture<ParityVectors>;
