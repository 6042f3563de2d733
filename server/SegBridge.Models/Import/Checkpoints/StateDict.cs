using SegBridge.Models.Import.Checkpoints.Pickle;

namespace SegBridge.Models.Import.Checkpoints;

/// <summary>Tensors by name, without the dictionaries and prefixes that training scripts put around them.</summary>
internal sealed class StateDict
{
    private const int DeepestWrapper = 4;
    private static readonly string[] Wrappers = ["model_state_dict", "state_dict", "model"];
    private static readonly string[] Prefixes = ["_orig_mod.", "module."];

    private StateDict(
        IReadOnlyDictionary<string, CheckpointTensor> tensors, IReadOnlyDictionary<string, string> others, IReadOnlyList<string> unwrapped)
    {
        Tensors = tensors;
        Others = others;
        Unwrapped = unwrapped;
    }

    public IReadOnlyDictionary<string, CheckpointTensor> Tensors { get; }

    /// <summary>Entries that are no tensors, with what they are.</summary>
    public IReadOnlyDictionary<string, string> Others { get; }

    /// <summary>What was around the names, outermost first.</summary>
    public IReadOnlyList<string> Unwrapped { get; }

    /// <exception cref="CheckpointException">There is no dictionary of tensors in it.</exception>
    public static StateDict Of(object? root)
    {
        var unwrapped = new List<string>();
        var found = root as PickleDict
            ?? throw new CheckpointException(
                $"the checkpoint holds {PickleText.Of(root)}; a state dict (names with tensors), or a dict around one, would be right");
        while (unwrapped.Count < DeepestWrapper && Inner(found) is var (name, inner))
        {
            unwrapped.Add(name);
            found = inner;
        }

        var tensors = new Dictionary<string, CheckpointTensor>(StringComparer.Ordinal);
        var others = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in found.Items)
        {
            if (key is not string text)
            {
                others[PickleText.Of(key)] = PickleText.Of(value);
            }
            else if (value is CheckpointTensor tensor)
            {
                tensors[text] = tensor;
            }
            else
            {
                others[text] = PickleText.Of(value);
            }
        }

        if (tensors.Count == 0)
        {
            var keys = others.Keys.Take(10).ToArray();
            throw new CheckpointException(
                $"the checkpoint has no tensors {(unwrapped.Count > 0 ? $"in \"{string.Join("\", \"", unwrapped)}\"" : "at its top")}; "
                + $"it has {(keys.Length == 0 ? "nothing" : string.Join(", ", keys))}. "
                + $"Looked for: tensors, or a dict of them as one of \"{string.Join("\", \"", Wrappers)}\"");
        }

        return new StateDict(WithoutPrefixes(tensors, unwrapped), others, unwrapped);
    }

    /// <summary>The same without pickles: names that are flat already.</summary>
    public static StateDict Of(Dictionary<string, CheckpointTensor> tensors)
    {
        var unwrapped = new List<string>();
        return new StateDict(WithoutPrefixes(tensors, unwrapped), new Dictionary<string, string>(), unwrapped);
    }

    private static (string Name, PickleDict Inner)? Inner(PickleDict outer)
    {
        var inner = Wrappers
            .Select(name => (Name: name, Inner: outer.Find(name) as PickleDict))
            .Where(found => found.Inner is { } dict && LeadsToTensors(dict))
            .ToArray();
        return inner.Length switch
        {
            0 => null,
            1 => (inner[0].Name, inner[0].Inner!),
            _ => throw new CheckpointException(
                $"the checkpoint has tensors in {string.Join(" and in ", inner.Select(found => $"\"{found.Name}\""))}: save the one that is meant alone"),
        };
    }

    private static bool LeadsToTensors(PickleDict dict)
    {
        for (var depth = 0; depth < DeepestWrapper; depth++)
        {
            if (dict.Items.Any(item => item.Value is CheckpointTensor))
            {
                return true;
            }

            var next = Wrappers.Select(name => dict.Find(name) as PickleDict).FirstOrDefault(inner => inner is not null);
            if (next is null)
            {
                return false;
            }

            dict = next;
        }

        return false;
    }

    private static Dictionary<string, CheckpointTensor> WithoutPrefixes(Dictionary<string, CheckpointTensor> tensors, List<string> unwrapped)
    {
        for (var n = 0; n < DeepestWrapper; n++)
        {
            var prefix = Prefixes.FirstOrDefault(prefix => tensors.Keys.All(name => name.StartsWith(prefix, StringComparison.Ordinal)));
            if (prefix is null)
            {
                break;
            }

            unwrapped.Add(prefix);
            tensors = tensors.ToDictionary(item => item.Key[prefix.Length..], item => item.Value, StringComparer.Ordinal);
        }

        return tensors;
    }
}
