using System.Buffers;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;
using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Bricks;

/// <summary>
/// Takes the bricks of a volume in: checks limits before anything is allocated, decodes and verifies all
/// bricks of a request, and only then stores the first. Of a volume whose content is known by its hash, a brick never
/// changes once it is there.
/// </summary>
internal sealed class BrickInbox
{
    private readonly VolumeDescription _volume;
    private readonly BrickGrid _grid;
    private readonly SessionOptions _options;
    private readonly MemoryBudget _budget;
    private readonly Lock _gate = new();
    private readonly ArrivalSignal _arrivals = new();
    private volatile bool _closed;
    private long _replacements;

    /// <exception cref="BrickException">The brick size does not work.</exception>
    public BrickInbox(VolumeDescription volume, SessionOptions options, MemoryBudget budget)
    {
        (_volume, _options, _budget) = (volume, options, budget);
        _grid = new BrickGrid(volume.Geometry.Size, volume.BrickSize);
        Store = new BrickStore(volume.Geometry, volume.VoxelType, volume.Rescale, _grid);
    }

    public BrickStore Store { get; }

    /// <summary>No session uses the volume any more.</summary>
    public bool IsClosed => _closed;

    /// <summary>How often a brick that was there already came again: what was read before may have changed.</summary>
    public long Replacements => Interlocked.Read(ref _replacements);

    /// <summary>Completes when bricks arrive next.</summary>
    public Task NextArrival => _arrivals.Next;

    /// <summary>Stores bricks; one that is already there is replaced, unless the content is known by its hash.</summary>
    /// <exception cref="BrickException">A brick is outside the grid, or its data do not decode to its voxels.</exception>
    /// <exception cref="InvalidRequestException">No bricks, or a checksum or the volume's content does not match.</exception>
    /// <exception cref="LimitExceededException">Too many bricks or bytes.</exception>
    public BricksHeld Put(IReadOnlyList<EncodedBrick> bricks)
    {
        RequireWithinRequest(bricks);
        var sizes = bricks.Select(DecodedBytes).ToArray();
        RequireBytesWithinRequest(sizes.Sum());

        var decoded = new byte[]?[bricks.Count];
        try
        {
            lock (_gate)
            {
                RequireWithinSession(bricks, sizes);
            }

            for (var n = 0; n < bricks.Count; n++)
            {
                decoded[n] = ArrayPool<byte>.Shared.Rent(sizes[n]);
                Decode(bricks[n], decoded[n].AsSpan(0, sizes[n]));
            }

            return StoreAll(bricks, decoded, sizes);
        }
        finally
        {
            foreach (var buffer in decoded.OfType<byte[]>())
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>Bytes of bricks that a box would still need.</summary>
    public void RequireRoomFor(IReadOnlyList<BrickIndex> missing)
    {
        var bytes = missing.Sum(index => DecodedBytes(index));
        if (Store.BytesHeld + bytes > _options.MaxBrickBytesPerSession)
        {
            throw new LimitExceededException(
                $"this prediction needs {bytes:N0} bytes of bricks and the session may hold {_options.MaxBrickBytesPerSession:N0}, of which {Store.BytesHeld:N0} are in use; open the volume with thinner bricks along the slice axis, or at a lower resolution");
        }
    }

    /// <summary>Gives the memory of all bricks back; later bricks are refused.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _closed = true;
                _budget.Release(Store.BytesHeld);
            }
        }
    }

    private BricksHeld StoreAll(IReadOnlyList<EncodedBrick> bricks, byte[]?[] decoded, int[] sizes)
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw new WrongStateException("the session was closed while its bricks were on the way");
            }

            RequireSameContent(bricks, decoded, sizes);
            // Once more: other requests may have stored bricks since the first look.
            _budget.Reserve(RequireWithinSession(bricks, sizes), "storing these bricks");
            for (var n = 0; n < bricks.Count; n++)
            {
                if (!(HasKnownContent && Store.Contains(bricks[n].Index)) && !Store.Put(bricks[n].Index, decoded[n].AsSpan(0, sizes[n])))
                {
                    Interlocked.Increment(ref _replacements);
                }
            }
        }

        _arrivals.Raise();
        return new BricksHeld(bricks.Count, Store.BrickCount, Store.BytesHeld);
    }

    private bool HasKnownContent => _volume.ContentSha256 is not null;

    private void RequireSameContent(IReadOnlyList<EncodedBrick> bricks, byte[]?[] decoded, int[] sizes)
    {
        for (var n = 0; HasKnownContent && n < bricks.Count; n++)
        {
            if (Store.Contains(bricks[n].Index) && !Store.Holds(bricks[n].Index, decoded[n].AsSpan(0, sizes[n])))
            {
                throw new InvalidRequestException(
                    $"brick {bricks[n].Index}: it differs from the one that came before for the same content_sha256; state the hash of the voxels as they are sent, or none");
            }
        }
    }

    private void RequireWithinRequest(IReadOnlyList<EncodedBrick> bricks)
    {
        if (bricks.Count == 0)
        {
            throw new InvalidRequestException("bricks: the request holds none; send at least one");
        }

        if (bricks.Count > _options.MaxBricksPerRequest)
        {
            throw new LimitExceededException($"bricks: {bricks.Count} in one request; send at most {_options.MaxBricksPerRequest}");
        }
    }

    private void RequireBytesWithinRequest(long bytes)
    {
        if (bytes > _options.MaxBrickBytesPerRequest)
        {
            throw new LimitExceededException(
                $"bricks: they hold {bytes:N0} bytes of voxels; send at most {_options.MaxBrickBytesPerRequest:N0} in one request");
        }
    }

    // Returns the bytes by which the store would grow.
    private long RequireWithinSession(IReadOnlyList<EncodedBrick> bricks, int[] sizes)
    {
        var seen = new HashSet<BrickIndex>();
        var growth = 0L;
        for (var n = 0; n < bricks.Count; n++)
        {
            if (seen.Add(bricks[n].Index) && !Store.Contains(bricks[n].Index))
            {
                growth += sizes[n];
            }
        }

        if (Store.BytesHeld + growth > _options.MaxBrickBytesPerSession)
        {
            throw new LimitExceededException(
                $"the session holds {Store.BytesHeld:N0} bytes of bricks and may hold {_options.MaxBrickBytesPerSession:N0}; these {growth:N0} do not fit. Send only the bricks that a prediction asks for");
        }

        if (growth > _budget.Available)
        {
            throw new LimitExceededException(
                $"these bricks need {growth:N0} bytes and the server has {_budget.Available:N0} of {_budget.Limit:N0} free; close sessions that are done",
                MemoryBudget.RetryAfter);
        }

        return growth;
    }

    private int DecodedBytes(EncodedBrick brick) => DecodedBytes(brick.Index);

    private int DecodedBytes(BrickIndex index) => checked((int)(_grid.BoxOf(index).VoxelCount * _volume.VoxelType.Bytes()));

    private void Decode(EncodedBrick brick, Span<byte> voxels)
    {
        VolumeSize size = _grid.BoxOf(brick.Index).Size;
        try
        {
            BrickCodec.Decode(brick.Data.Span, brick.Encoding, _volume.VoxelType, size, voxels);
        }
        catch (BrickException wrong)
        {
            throw new InvalidRequestException($"brick {brick.Index}: {wrong.Message}");
        }

        if (brick.Crc32 is { } expected && BrickCodec.Crc32(voxels) is var actual && actual != expected)
        {
            throw new InvalidRequestException(
                $"brick {brick.Index}: the CRC-32 of its decoded voxels is {actual:x8}, the message says {expected:x8}; send the brick again");
        }
    }
}
