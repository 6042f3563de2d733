namespace SegBridge.Models.Bundles;

/// <summary>What a family asks of a manifest beyond what every manifest must have. Every rule throws <see cref="BundleException"/>.</summary>
internal sealed class FamilyRules(ModelManifest manifest)
{
    private string Family => $"the family {FamilyNames.Of(manifest.Family)}";

    /// <summary>2D slices, fitted edge to edge to a grid whose lengths the network can halve.</summary>
    public void RequireFittedSlices(int channels, int multiple)
    {
        if (manifest.Dimension != 2 || manifest.Input.SpacingMm is not null)
        {
            throw new BundleException($"{Family} works on 2D slices fitted to its grid: dimension must be 2 and input.spacing \"fit\"");
        }

        RequireChannels(channels);
        if (manifest.Input.Size.Any(length => length % multiple != 0))
        {
            throw new BundleException(
                $"{Family} halves its grid: input.size must be multiples of {multiple}, it is [{string.Join(", ", manifest.Input.Size)}]");
        }
    }

    /// <summary>Cubes of one spacing along all axes, or fitted to the object.</summary>
    public void RequirePatches()
    {
        if (manifest.Dimension != 3 || manifest.Input.Size.Any(length => length != manifest.Input.Size[0]))
        {
            throw new BundleException(
                $"{Family} works on cubes: dimension must be 3 and input.size three equal lengths, they are {manifest.Dimension} and [{string.Join(", ", manifest.Input.Size)}]");
        }

        var spacing = manifest.Input.SpacingMm;
        if (manifest.Input.Fitted is null && (spacing is null || spacing.Any(length => length != spacing[0])))
        {
            throw new BundleException(
                $"{Family} works on isotropic patches: input.spacing must be three equal lengths, or an object with minimum, maximum, default and margin");
        }
    }

    public void RequireChannels(int channels)
    {
        if (manifest.Input.Channels != channels)
        {
            throw new BundleException(
                $"{Family} has {channels} input {(channels == 1 ? "channel" : "channels")}, input.channels is {manifest.Input.Channels}");
        }
    }

    public void RequireCandidates(int candidates)
    {
        if (manifest.Candidates != candidates)
        {
            throw new BundleException(
                $"{Family} gives {(candidates == 1 ? "one mask" : $"{candidates} masks")} here: candidates must be {candidates}, it is {manifest.Candidates}");
        }
    }

    public void RequireContext(bool context)
    {
        if (manifest.UsesContext != context)
        {
            throw new BundleException($"{Family} {(context ? "takes" : "takes no")} context: context must be {(context ? "true" : "false")}");
        }
    }

    public MinMaxNormalisation RequireMinMax() => manifest.Normalisation as MinMaxNormalisation
        ?? throw new BundleException($"{Family} takes images in 0..1: normalisation.method must be \"minmax\"");

    public ZScoreNormalisation RequireZScore() => manifest.Normalisation as ZScoreNormalisation
        ?? throw new BundleException($"{Family} takes z-scores: normalisation.method must be \"zscore\"");

    /// <summary>All of the first parts, any of the others.</summary>
    public void RequireParts(IReadOnlyList<string> necessary, params IReadOnlyList<string> optional)
    {
        var names = manifest.Parts.Select(part => part.Name).ToList();
        if (necessary.Except(names).Any() || names.Except(necessary).Except(optional).Any())
        {
            var (has, more) = (Quoted(necessary), Quoted(optional));
            throw new BundleException(
                $"{Family} has the {(necessary.Count == 1 ? "one part" : "parts")} {has}{(optional.Count == 0 ? "" : $" and may have {more}")}, "
                + $"the manifest names {Quoted(names)}");
        }
    }

    private static string Quoted(IReadOnlyList<string> names) => string.Join(", ", names.Select(name => $"\"{name}\""));
}
