namespace SegBridge.Models.Bundles;

/// <summary>Where weights come from.</summary>
/// <param name="TrainedOn">The data sets used, synthetic images aside.</param>
/// <param name="Commit">Commit of the training code; empty when unknown.</param>
/// <param name="Date">ISO 8601 date of the export; empty when unknown.</param>
public sealed record ModelProvenance(IReadOnlyList<TrainingSet> TrainedOn, string Commit, string Date);

/// <summary>A data set that weights were trained on.</summary>
public sealed record TrainingSet(string Name, string Licence, string Source);
