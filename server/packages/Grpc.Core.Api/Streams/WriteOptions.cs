namespace Grpc.Core;

/// <summary>How messages are written.</summary>
public class WriteOptions(WriteFlags flags = WriteFlags.None)
{
    /// <summary>Nothing special.</summary>
    public static readonly WriteOptions Default = new();

    /// <summary>The flags.</summary>
    public WriteFlags Flags { get; } = flags;
}
