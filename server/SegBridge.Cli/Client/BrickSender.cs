using Google.Protobuf;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Cli.Client;

/// <summary>Cuts a volume into bricks, packs those asked for and sends each once, several to a message.</summary>
internal sealed class BrickSender(ServerConnection connection, string sessionId, Volume volume, BrickGrid grid)
{
    // Small enough that the first bricks are decoded while the next are packed.
    private const int MessageBytes = 1 << 20;
    private const int MessageBricks = 4096;

    private readonly HashSet<BrickIndex> _sent = [];

    /// <summary>Bricks sent so far.</summary>
    public int Sent => _sent.Count;

    /// <summary>Called after each message with the number of bricks sent and to send.</summary>
    public Action<int, int>? Progress { get; set; }

    /// <summary>Sends the bricks in their order; a brick that the server asks for again is sent again.</summary>
    public async Task SendAsync(IReadOnlyList<BrickIndex> bricks, CancellationToken cancellationToken)
    {
        var message = new V1.PutBricksRequest { SessionId = sessionId };
        var (bytes, done) = (0, 0);
        foreach (var index in bricks)
        {
            var brick = Pack(index);
            message.Bricks.Add(brick);
            bytes += brick.Data.Length;
            _sent.Add(index);
            if (bytes >= MessageBytes || message.Bricks.Count == MessageBricks)
            {
                done += await PutAsync(message, cancellationToken);
                Progress?.Invoke(done, bricks.Count);
                (message, bytes) = (new V1.PutBricksRequest { SessionId = sessionId }, 0);
            }
        }

        if (message.Bricks.Count > 0)
        {
            done += await PutAsync(message, cancellationToken);
            Progress?.Invoke(done, bricks.Count);
        }
    }

    /// <summary>A box of a volume as a brick without an index.</summary>
    public static V1.Brick Pack(Volume volume, VoxelBox box)
    {
        var voxels = new byte[box.VoxelCount * volume.VoxelType.Bytes()];
        volume.CopyBox(box, voxels);
        return new V1.Brick
        {
            Encoding = V1.BrickEncoding.DeltaPlanesZlib,
            Data = UnsafeByteOperations.UnsafeWrap(BrickCodec.Encode(voxels, box.Size, volume.VoxelType, BrickEncoding.DeltaPlanesZlib)),
            Crc32 = BrickCodec.Crc32(voxels),
        };
    }

    private async Task<int> PutAsync(V1.PutBricksRequest message, CancellationToken cancellationToken)
    {
        await connection.Sessions.PutBricksAsync(message, cancellationToken: cancellationToken);
        return message.Bricks.Count;
    }

    private V1.Brick Pack(BrickIndex index)
    {
        var brick = Pack(volume, grid.BoxOf(index));
        brick.Index = index.ToWire();
        return brick;
    }
}
