using System.Text;
using SegBridge.Models.Import.Checkpoints.Pickle;

namespace SegBridge.Models.Import.Checkpoints.PyTorch;

/// <summary>
/// The few names that tensors, ordered dictionaries and numpy's numbers need. Every other harmless name becomes an
/// opaque value; a name that a checkpoint has no use for refuses the whole file.
/// </summary>
internal sealed class TorchWorld(Func<ElementType, string, long, StoredElements> storage) : IPickleWorld
{
    private const int MostListed = 50;
    private readonly SortedSet<string> _unread = new(StringComparer.Ordinal);

    /// <summary>What was named and not made.</summary>
    public IReadOnlyList<string> Unread => [.. _unread];

    public object? Global(string module, string name) =>
        GlobalPolicy.Allows(module, name)
            ? new PickleGlobal(module, name)
            : throw new CheckpointException(
                $"the file wants to use \"{PickleText.Short($"{module}.{name}")}\", which no checkpoint of weights needs: it is refused and nothing of it was run. "
                + "If you trust its origin, load it where it was made and save the state dict alone: torch.save(model.state_dict(), \"new.pt\")");

    public object? Call(object? callable, object? arguments)
    {
        if (callable is not PickleGlobal name)
        {
            return callable as PickleOpaque ?? new PickleOpaque($"the result of calling {PickleText.Of(callable)}");
        }

        var made = (name.Module, name.Name) switch
        {
            ("collections", "OrderedDict") => OrderedDict(arguments),
            ("torch._utils", "_rebuild_tensor_v2") => Tensor(arguments),
            ("torch._utils", "_rebuild_parameter" or "_rebuild_parameter_with_state") => First<CheckpointTensor>(arguments),
            ("torch._tensor", "_rebuild_from_type_v2") => OfType(arguments),
            ("torch", "Size") => First<PickleTuple>(arguments) ?? (object?)First<PickleList>(arguments),
            ("_codecs", "encode") => arguments is PickleTuple { Items: [string text, "latin1" or "latin-1" or "iso-8859-1"] } ? Encoding.Latin1.GetBytes(text) : null,
            ("numpy", "dtype") => NumpyType.Of(arguments),
            ("numpy.core.multiarray" or "numpy._core.multiarray", "scalar") => NumpyType.Scalar(arguments),
            _ => null,
        };
        return made ?? Opaque(name.FullName);
    }

    public object? Build(object? target, object? state) => target switch
    {
        // A state dict carries versions of its layers as "_metadata", a numpy type its byte order: neither is needed
        // unless the order is the other one.
        NumpyType when state is PickleTuple { Items: [_, ">", ..] } => Opaque("numpy.dtype of the other byte order"),
        PickleGlobal name => Opaque(name.FullName),
        _ => target,
    };

    public object? Persistent(object? id)
    {
        if (id is not PickleTuple { Items: ["storage", PickleGlobal type, string key, _, long count, ..] })
        {
            throw new CheckpointException("the pickle in the checkpoint refers to something outside itself that is no storage of a tensor: it is no file of torch.save");
        }

        return TorchStorage.TypeOf(type.Module, type.Name) is { } elements ? storage(elements, key, count) : Opaque(type.FullName);
    }

    private static PickleDict? OrderedDict(object? arguments)
    {
        var dict = new PickleDict();
        switch (arguments)
        {
            case PickleTuple { Items: [] }:
                return dict;
            case PickleTuple { Items: [PickleList pairs] }:
                foreach (var pair in pairs.Items)
                {
                    var items = (pair as PickleList)?.Items ?? (pair as PickleTuple)?.Items;
                    if (items is not [var key, var value])
                    {
                        return null;
                    }

                    dict.Set(key, value);
                }

                return dict;
            default:
                return null;
        }
    }

    // (storage, offset, shape, strides, requires_grad, hooks[, metadata]).
    private static CheckpointTensor? Tensor(object? arguments) =>
        arguments is PickleTuple { Items: [StoredElements elements, long offset, PickleTuple shape, PickleTuple strides, ..] }
            && Lengths(shape) is { } lengths && Lengths(strides) is { } steps
            ? CheckpointTensor.Create(elements, offset, lengths, steps)
            : null;

    // (function, class, its arguments, state): a tensor with attributes of its own.
    private object? OfType(object? arguments) =>
        arguments is PickleTuple { Items: [PickleGlobal { Module: "torch._utils" } function, _, PickleTuple inner, ..] } ? Call(function, inner) : null;

    private static long[]? Lengths(PickleTuple tuple) => tuple.Items.All(item => item is long) ? [.. tuple.Items.Cast<long>()] : null;

    private static T? First<T>(object? arguments)
        where T : class =>
        arguments is PickleTuple { Items: [T first, ..] } ? first : null;

    private PickleOpaque Opaque(string name)
    {
        if (_unread.Count < MostListed)
        {
            _unread.Add(PickleText.Short(name));
        }

        return new PickleOpaque(name);
    }
}
