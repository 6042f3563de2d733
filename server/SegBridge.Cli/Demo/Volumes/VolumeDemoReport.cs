namespace SegBridge.Cli.Demo.Volumes;

/// <summary>The last line of <c>demo --json</c> on a volume; the names and their order are a promise.</summary>
/// <param name="Model">Bundle that answered.</param>
/// <param name="Case">File or phantom.</param>
/// <param name="Steps">Everything that happened, in order.</param>
/// <param name="Resumed">Whether the server was killed and the session came back with the same mask, bit for bit.</param>
/// <param name="FinalDice">Of the volume, at the end.</param>
/// <param name="VolumeBytes">The volume's voxels, uncompressed.</param>
/// <param name="SentBytes">All bytes up, to all servers.</param>
internal sealed record VolumeDemoReport(
    string Model, string Case, IReadOnlyList<VolumeDemoStep> Steps, bool Resumed, double FinalDice, long VolumeBytes, long SentBytes);
