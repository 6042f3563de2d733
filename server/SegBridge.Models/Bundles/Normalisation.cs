namespace SegBridge.Models.Bundles;

/// <summary>How image values become what the network was trained on.</summary>
public abstract record Normalisation;
