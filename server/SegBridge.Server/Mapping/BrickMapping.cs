using System.Globalization;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Bricks;
using Wire = SegBridge.V1;

namespace SegBridge.Server.Mapping;

/// <summary>Bricks and their indices.</summary>
internal static class BrickMapping
{
    private const int MaxBrickBytes = 16 << 20;

    public static IReadOnlyList<EncodedBrick> ToBricks(Wire.PutBricksRequest request)
    {
        if (request.Bricks.Count == 0)
        {
            throw new InvalidFieldException("bricks", "must have at least one brick");
        }

        var bricks = new EncodedBrick[request.Bricks.Count];
        for (var n = 0; n < bricks.Length; n++)
        {
            bricks[n] = ToBrick(request.Bricks[n], string.Create(CultureInfo.InvariantCulture, $"bricks[{n}]"));
        }

        return bricks;
    }

    public static Wire.PutBricksReply ToWire(BricksHeld held) => new()
    {
        Stored = (uint)held.Stored,
        Held = (uint)held.Held,
        HeldBytes = (ulong)held.HeldBytes,
    };

    public static Wire.BrickIndex ToWire(BrickIndex index) => new() { I = (uint)index.I, J = (uint)index.J, K = (uint)index.K };

    private static EncodedBrick ToBrick(Wire.Brick brick, string path)
    {
        var index = Field.Required(brick.Index, $"{path}.index");
        if (brick.Data.Length > MaxBrickBytes)
        {
            throw new InvalidFieldException($"{path}.data", $"must have at most {MaxBrickBytes} bytes, got {brick.Data.Length}");
        }

        return new EncodedBrick(
            new BrickIndex(ToAxis(index.I, $"{path}.index.i"), ToAxis(index.J, $"{path}.index.j"), ToAxis(index.K, $"{path}.index.k")),
            ToEncoding(brick.Encoding, $"{path}.encoding"),
            brick.Data.Memory,
            brick.HasCrc32 ? brick.Crc32 : null);
    }

    // Whether the index is in the grid is the session's to say.
    private static int ToAxis(uint index, string path) => Field.Within(index, 0, int.MaxValue, path);

    private static BrickEncoding ToEncoding(Wire.BrickEncoding encoding, string path) => encoding switch
    {
        Wire.BrickEncoding.Raw => BrickEncoding.Raw,
        Wire.BrickEncoding.Zlib => BrickEncoding.Zlib,
        Wire.BrickEncoding.DeltaPlanesZlib => BrickEncoding.DeltaPlanesZlib,
        _ => throw Field.Unnamed(encoding, path),
    };
}
