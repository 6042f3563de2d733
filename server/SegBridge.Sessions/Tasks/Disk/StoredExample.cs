namespace SegBridge.Sessions.Tasks.Disk;

/// <summary>An example in the store's list.</summary>
/// <param name="Id">32 hexadecimal characters, the name of its folder.</param>
/// <param name="Created">Order within the task.</param>
/// <param name="Windowed">See <see cref="ExamplePicture"/>.</param>
/// <param name="Bytes">On disk.</param>
internal sealed record StoredExample(string Id, DateTimeOffset Created, bool Windowed, long Bytes);
