using Google.Protobuf;
using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Masks;
using SegBridge.Imaging.Volumes;
using SegBridge.V1;
using BrickEncoding = SegBridge.Imaging.Volumes.BrickEncoding;
using BrickIndex = SegBridge.Imaging.Volumes.BrickIndex;
using MaskEncoding = SegBridge.Imaging.Masks.MaskEncoding;
using VoxelBox = SegBridge.Imaging.Geometry.VoxelBox;
using VoxelType = SegBridge.Imaging.Volumes.VoxelType;

namespace SegBridge.Server.Tests.Support;

/// <summary>A bright ellipsoid in dark noise, 96×80×12 voxels of 16 bits, in bricks of 32×32×4.</summary>
internal static class Ellipsoid
{
    public const int CentreI = 50;
    public const int CentreJ = 38;
    public const int CentreK = 6;
    private const double RadiusI = 22;
    private const double RadiusJ = 17;
    private const double RadiusK = 5;

    public static VolumeSize Size { get; } = new(96, 80, 12);

    public static BrickGrid Grid { get; } = new(Size, new VolumeSize(32, 32, 4));

    /// <summary>Voxels of the ellipsoid on a slice across K.</summary>
    public static bool IsInside(int i, int j, int k)
    {
        var (x, y, z) = ((i - CentreI) / RadiusI, (j - CentreJ) / RadiusJ, (k - CentreK) / RadiusK);
        return (x * x) + (y * y) + (z * z) <= 1;
    }

    public static OpenSessionRequest Open() => new()
    {
        Client = "tests",
        Volume = new V1.Volume
        {
            Geometry = new V1.VolumeGeometry
            {
                Size = new Size { I = (uint)Size.I, J = (uint)Size.J, K = (uint)Size.K },
                Spacing = new V1.Spacing { I = 0.8, J = 0.8, K = 2.5 },
                Origin = new V1.LpsPoint { L = -30, P = 12, S = 700 },
                IAxis = new V1.LpsVector { L = 1 },
                JAxis = new V1.LpsVector { P = 1 },
                KAxis = new V1.LpsVector { S = 1 },
            },
            VoxelType = V1.VoxelType.Int16,
            RescaleIntercept = -1024,
            Modality = Modality.Ct,
            BrickSize = new Size { I = 32, J = 32, K = 4 },
        },
    };

    public static IEnumerable<Brick> Bricks() => Grid.Covering(Size.Bounds).Select(ToBrick);

    public static Brick ToBrick(BrickIndex index)
    {
        var box = Grid.BoxOf(index);
        var voxels = Voxels(box);
        return new Brick
        {
            Index = new V1.BrickIndex { I = (uint)index.I, J = (uint)index.J, K = (uint)index.K },
            Encoding = V1.BrickEncoding.DeltaPlanesZlib,
            Data = ByteString.CopyFrom(BrickCodec.Encode(voxels, box.Size, VoxelType.Int16, BrickEncoding.DeltaPlanesZlib)),
            Crc32 = BrickCodec.Crc32(voxels),
        };
    }

    public static PutBricksRequest Put(string sessionId)
    {
        var request = new PutBricksRequest { SessionId = sessionId };
        request.Bricks.AddRange(Bricks());
        return request;
    }

    /// <summary>A click on the middle of the ellipsoid and a box around it on that slice.</summary>
    public static PredictRequest Prompted(string sessionId, string segmentId = "liver")
    {
        var request = Clicked(sessionId, segmentId);
        request.Prompts.Add(new Prompt
        {
            Box = new BoxPrompt
            {
                Box = new V1.VoxelBox
                {
                    Lower = new VoxelIndex { I = CentreI - 23, J = CentreJ - 18, K = CentreK },
                    Upper = new VoxelIndex { I = CentreI + 24, J = CentreJ + 19, K = CentreK + 1 },
                },
            },
        });
        return request;
    }

    public static PredictRequest Clicked(string sessionId, string segmentId = "liver") => new()
    {
        SessionId = sessionId,
        SegmentId = segmentId,
        Slice = new GridSlice { Axis = V1.Axis.K, Index = CentreK },
        Prompts =
        {
            new Prompt
            {
                Point = new PointPrompt { Polarity = Polarity.Positive, Ijk = new V1.VoxelPoint { I = CentreI, J = CentreJ, K = CentreK } },
            },
        },
    };

    public static BitBlock ToBlock(MaskRegion region)
    {
        var box = new VoxelBox(
            new Ijk(region.Box.Lower.I, region.Box.Lower.J, region.Box.Lower.K), new Ijk(region.Box.Upper.I, region.Box.Upper.J, region.Box.Upper.K));
        return box.IsEmpty ? new BitBlock(box) : MaskCodec.Decode(region.Data.Span, MaskEncoding.XorSparseZlib, box);
    }

    /// <summary>Dice of a mask with the ellipsoid on the slice through its middle.</summary>
    public static double DiceOnMiddle(BitBlock mask)
    {
        var (both, truth, found) = (0, 0, 0);
        for (var j = 0; j < Size.J; j++)
        {
            for (var i = 0; i < Size.I; i++)
            {
                var at = new Ijk(i, j, CentreK);
                var (isTrue, isSet) = (IsInside(i, j, CentreK), mask.Box.Contains(at) && mask[at]);
                truth += isTrue ? 1 : 0;
                found += isSet ? 1 : 0;
                both += isTrue && isSet ? 1 : 0;
            }
        }

        return 2.0 * both / (truth + found);
    }

    /// <summary>Stored values, for an intercept of -1024: about 0 outside and 200 inside, with noise that is always the same.</summary>
    public static byte[] Voxels(VoxelBox box)
    {
        var bytes = new byte[box.VoxelCount * 2];
        var at = 0;
        for (var k = box.Lower.K; k < box.Upper.K; k++)
        {
            for (var j = box.Lower.J; j < box.Upper.J; j++)
            {
                for (var i = box.Lower.I; i < box.Upper.I; i++, at += 2)
                {
                    var noise = (int)((((uint)((i * 73856093) ^ (j * 19349663) ^ (k * 83492791)) * 2654435761u) >> 16) % 21) - 10;
                    BitConverter.TryWriteBytes(bytes.AsSpan(at), (short)(1024 + (IsInside(i, j, k) ? 200 : 0) + noise));
                }
            }
        }

        return bytes;
    }
}
