namespace SegBridge.Models.Import.Graphs;

/// <summary>Where the weights of a template come from.</summary>
internal interface IWeights
{
    /// <summary>Reads a weight in row-major order.</summary>
    /// <param name="weight">One of the template's.</param>
    /// <param name="values">As many as the weight has.</param>
    void Read(TemplateWeight weight, Span<float> values);
}
