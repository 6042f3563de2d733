using System.Text;

namespace SegBridge.Models.Import.Checkpoints.Pickle;

/// <summary>
/// Reads pickles of protocols 0 to 5 as data. Whatever would name, call or build something in Python goes to an
/// <see cref="IPickleWorld"/>; nothing is ever run.
/// </summary>
internal sealed class PickleReader
{
    private const int HighestProtocol = 5;
    private const int MostOperations = 8_000_000;
    private readonly PickleInput _input;
    private readonly PickleStack _stack;
    private readonly IPickleWorld _world;

    private PickleReader(ReadOnlyMemory<byte> bytes, IPickleWorld world)
    {
        _input = new PickleInput(bytes);
        _stack = new PickleStack(_input);
        _world = world;
    }

    /// <summary>
    /// The value: null, bool, long, double, string, byte[], <see cref="PickleList"/>, <see cref="PickleTuple"/>,
    /// <see cref="PickleDict"/>, <see cref="PickleGlobal"/>, <see cref="PickleOpaque"/>, or what the world made.
    /// </summary>
    /// <exception cref="CheckpointException">It is damaged, or holds what is refused.</exception>
    public static object? Read(ReadOnlyMemory<byte> bytes, IPickleWorld world) => new PickleReader(bytes, world).Read();

    private object? Read()
    {
        for (var operations = 0; operations < MostOperations; operations++)
        {
            var code = _input.Byte();
            if (code == '.')
            {
                return _stack.Pop();
            }

            if (!Constant(code) && !Container(code) && !Memory(code) && !Object(code))
            {
                throw _input.Damaged();
            }
        }

        throw new CheckpointException($"the pickle in the checkpoint has more than {MostOperations} operations: it holds something else than a state dict");
    }

    private bool Constant(byte code)
    {
        object? value;
        switch (code)
        {
            case (byte)'N': value = null; break;
            case 0x88: value = true; break;
            case 0x89: value = false; break;
            case (byte)'K': value = (long)_input.Byte(); break;
            case (byte)'M': value = (long)_input.UInt16(); break;
            case (byte)'J': value = (long)_input.Int32(); break;
            case 0x8A: value = _input.LongInteger(_input.Byte()); break;
            case 0x8B: value = _input.LongInteger(_input.Int32()); break;
            case (byte)'I' or (byte)'L': value = _input.WholeNumberLine(); break;
            case (byte)'G': value = _input.BigEndianDouble(); break;
            case (byte)'F': value = _input.NumberLine(); break;
            case (byte)'X': value = _input.Text(_input.UInt32()); break;
            case 0x8C: value = _input.Text(_input.Byte()); break;
            case 0x8D: value = _input.Text(_input.Int64()); break;
            case (byte)'V': value = _input.Line(); break;
            case (byte)'S': value = _input.Line().Trim('\'', '"'); break;
            case (byte)'U': value = Encoding.Latin1.GetString(_input.Take(_input.Byte())); break;
            case (byte)'T': value = Encoding.Latin1.GetString(_input.Take(_input.Int32())); break;
            case (byte)'C': value = _input.Take(_input.Byte()).ToArray(); break;
            case (byte)'B': value = _input.Take(_input.UInt32()).ToArray(); break;
            case 0x8E or 0x96: value = _input.Take(_input.Int64()).ToArray(); break;
            default: return false;
        }

        _stack.Push(value);
        return true;
    }

    private bool Container(byte code)
    {
        switch (code)
        {
            case (byte)'(': _stack.Mark(); break;
            case (byte)')': _stack.Push(PickleTuple.Empty); break;
            case (byte)'t': _stack.Push(new PickleTuple(_stack.PopToMark())); break;
            case 0x85: _stack.Push(_stack.PopTuple(1)); break;
            case 0x86: _stack.Push(_stack.PopTuple(2)); break;
            case 0x87: _stack.Push(_stack.PopTuple(3)); break;
            case (byte)']': _stack.Push(new PickleList()); break;
            case (byte)'l': _stack.Push(Append(new PickleList(), _stack.PopToMark())); break;
            case (byte)'a': { var item = _stack.Pop(); Append(_stack.Top(), item); break; }
            case (byte)'e': { var items = _stack.PopToMark(); Append(_stack.Top(), items); break; }
            case (byte)'}': _stack.Push(new PickleDict()); break;
            case (byte)'d': _stack.Push(Set(new PickleDict(), _stack.PopToMark())); break;
            case (byte)'s': { var item = _stack.PopTuple(2); Set(_stack.Top(), item.Items); break; }
            case (byte)'u': { var items = _stack.PopToMark(); Set(_stack.Top(), items); break; }
            case 0x8F: _stack.Push(new PickleOpaque("builtins.set")); break;
            case 0x90: _ = _stack.PopToMark(); _ = _stack.Top(); break;
            case 0x91: _ = _stack.PopToMark(); _stack.Push(new PickleOpaque("builtins.frozenset")); break;
            default: return false;
        }

        return true;
    }

    private bool Memory(byte code)
    {
        switch (code)
        {
            case 0x80: RequireProtocol(_input.Byte()); break;
            case 0x95: _ = _input.Int64(); break;
            case (byte)'0': _stack.Drop(); break;
            case (byte)'1': _ = _stack.PopToMark(); break;
            case (byte)'2': _stack.Push(_stack.Top()); break;
            case (byte)'q': _stack.Remember((long)_input.Byte()); break;
            case (byte)'r': _stack.Remember(_input.UInt32()); break;
            case (byte)'p': _stack.Remember(_input.WholeNumberLine()); break;
            case 0x94: _stack.RememberNext(); break;
            case (byte)'h': _stack.Recall((long)_input.Byte()); break;
            case (byte)'j': _stack.Recall(_input.UInt32()); break;
            case (byte)'g': _stack.Recall(_input.WholeNumberLine()); break;
            default: return false;
        }

        return true;
    }

    private bool Object(byte code)
    {
        switch (code)
        {
            case (byte)'c': { var module = _input.Line(); _stack.Push(_world.Global(module, _input.Line())); break; }
            case 0x93: { var name = _stack.PopTuple(2); _stack.Push(_world.Global(TextOf(name.Items[0]), TextOf(name.Items[1]))); break; }
            case (byte)'R' or 0x81: { var call = _stack.PopTuple(2); _stack.Push(_world.Call(call.Items[0], call.Items[1])); break; }
            case 0x92: { var call = _stack.PopTuple(3); _stack.Push(_world.Call(call.Items[0], call.Items[1])); break; }
            case (byte)'i':
            {
                var module = _input.Line();
                var callable = _world.Global(module, _input.Line());
                _stack.Push(_world.Call(callable, new PickleTuple(_stack.PopToMark())));
                break;
            }

            case (byte)'o':
            {
                var call = _stack.PopToMark();
                _stack.Push(call.Length > 0 ? _world.Call(call[0], new PickleTuple(call[1..])) : throw _input.Damaged());
                break;
            }

            case (byte)'b': { var state = _stack.Pop(); _stack.Push(_world.Build(_stack.Pop(), state)); break; }
            case (byte)'Q': _stack.Push(_world.Persistent(_stack.Pop())); break;
            case (byte)'P': _stack.Push(_world.Persistent(_input.Line())); break;
            case 0x82 or 0x83 or 0x84:
                throw new CheckpointException("the pickle in the checkpoint uses registered extension codes, which can mean anything: refused");
            case 0x97 or 0x98:
                throw new CheckpointException("the pickle in the checkpoint refers to buffers outside itself: save it again with torch.save");
            default: return false;
        }

        return true;
    }

    private static object? Append(object? target, params object?[] items)
    {
        // What is not a list stands for something that cannot be made: its items go with it.
        if (target is PickleList list)
        {
            list.Items.AddRange(items);
        }

        return target;
    }

    private object? Set(object? target, IReadOnlyList<object?> items)
    {
        if (items.Count % 2 != 0)
        {
            throw _input.Damaged();
        }

        if (target is PickleDict dict)
        {
            for (var n = 0; n < items.Count; n += 2)
            {
                dict.Set(items[n], items[n + 1]);
            }
        }

        return target;
    }

    private string TextOf(object? value) => value as string ?? throw _input.Damaged();

    private static void RequireProtocol(byte protocol)
    {
        if (protocol > HighestProtocol)
        {
            throw new CheckpointException($"the pickle in the checkpoint is of protocol {protocol}; up to {HighestProtocol} can be read");
        }
    }
}
