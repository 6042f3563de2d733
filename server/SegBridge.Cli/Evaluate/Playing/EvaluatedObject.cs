using SegBridge.Cli.Play;

namespace SegBridge.Cli.Evaluate.Playing;

/// <summary>One object to play with one seed, and where it belongs.</summary>
/// <param name="Target">The object and its reader.</param>
/// <param name="Dataset">Name of the data.</param>
/// <param name="Subject">Whose image it is.</param>
/// <param name="Label">What it is.</param>
/// <param name="Seed">Of its chance.</param>
/// <param name="Index">Finished images before it in its series; null outside a series.</param>
internal sealed record EvaluatedObject(Target Target, string Dataset, string Subject, string Label, int Seed, int? Index = null)
{
    public ObjectKey Key => new(Dataset, Target.Name, Label, Seed);

    /// <summary>
    /// The chance of its prompts: the same whatever else is played and however often. FNV-1a of its names, since the
    /// framework's own hashes differ from run to run.
    /// </summary>
    public Random Chance()
    {
        var hash = 2166136261u;
        foreach (var letter in $"{Dataset}/{Target.Name}/{Label}")
        {
            hash = (hash ^ letter) * 16777619;
        }

        return new Random((int)(hash ^ ((uint)Seed * 0x9E3779B9u)));
    }
}

/// <summary>What tells one played object from all others of a model.</summary>
internal readonly record struct ObjectKey(string Dataset, string Case, string Label, int Seed);
