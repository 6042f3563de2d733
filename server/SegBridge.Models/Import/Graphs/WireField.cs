namespace SegBridge.Models.Import.Graphs;

/// <summary>A field of a protobuf message as it stands in the file.</summary>
/// <param name="Number">The field's number.</param>
/// <param name="Value">Of a number; 0 for bytes.</param>
/// <param name="Bytes">Content of bytes, texts and messages; empty for numbers.</param>
/// <param name="Whole">The field with its tag, to be copied as it is.</param>
internal readonly record struct WireField(int Number, ulong Value, ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<byte> Whole)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Bytes.Span);
}
