using System.Globalization;

namespace SegBridge.Models.Import.Checkpoints.Pickle;

/// <summary>A value of a pickle in a message.</summary>
internal static class PickleText
{
    private const int Longest = 100;

    public static string Of(object? value) => value switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        string text => $"\"{Short(text)}\"",
        PickleDict dict => $"a dict of {dict.Items.Count}",
        PickleList list => $"a list of {list.Items.Count}",
        PickleTuple tuple => $"a tuple of {tuple.Items.Count}",
        PickleGlobal name => Short(name.FullName),
        PickleOpaque opaque => Short(opaque.Name),
        CheckpointTensor tensor => $"a tensor of shape [{string.Join(", ", tensor.Shape)}]",
        byte[] bytes => $"{bytes.Length} bytes",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.GetType().Name,
    };

    /// <summary>Fit to be shown on a terminal.</summary>
    public static string Short(string text)
    {
        var plain = new string([.. text.Take(Longest).Select(sign => char.IsControl(sign) ? '?' : sign)]);
        return text.Length > Longest ? plain + "..." : plain;
    }
}
