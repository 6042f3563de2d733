using System.Text.Json;
using SegBridge.Cli.Simulation;
using SegBridge.Cli.Simulation.Scribbles;
using SegBridge.Imaging.Morphology;

namespace SegBridge.Cli.Tests.Vectors;

/// <summary>The simulated reader draws as the one that models are trained with, wherever chance does not decide.</summary>
public sealed class PromptVectorTests
{
    public static TheoryData<int> Shapes => [.. Enumerable.Range(0, SharedVectors.Read("prompts").GetArrayLength())];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Skeletons_are_those_of_Zhang_and_Suen_and_lie_on_those_of_training(int shape)
    {
        var found = CenterlineStroke.Skeleton(Vector(shape, "region").Map());
        Assert.Equal(Text(Vector(shape, "thinned").Map()), Text(found));
        // Training thins by a variant of the method, whose ends are longer.
        Assert.True(Farthest(found, Vector(shape, "skeleton").Map()) < 1.5, Text(found));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Shrunken_regions_and_their_edges_agree(int shape)
    {
        var (region, core) = (Vector(shape, "region").Map(), Vector(shape, "core").Map());
        var depth = BlurredComplement.Of(region, Vector(shape, "sigma").GetDouble());
        Assert.Equal(Text(core), Text(ContourStroke.Shrunken(region, depth, Vector(shape, "share").GetDouble())));
        Assert.Equal(Vector(shape, "edges").Numbers(), CannyEdges.Of(core).Values);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Wobbling_and_capped_lines_agree(int shape)
    {
        var skeleton = Vector(shape, "skeleton").Map();
        var white = Vector(shape, "white").EnumerateArray().Select(noise => noise.Numbers()).ToArray();
        var (sigma, amplitude) = (Vector(shape, "warpSigma").GetDouble(), Vector(shape, "warpAmplitude").GetDouble());
        float[] Field(int n, double blur, double deviation) => SmoothNoise.Of(white[n], skeleton.Rows, skeleton.Columns, (blur, blur), deviation);
        var warped = StrokeShaping.Displace(SoftMap.Of(skeleton), Field(0, sigma, amplitude), Field(1, sigma, amplitude));
        AssertClose(Vector(shape, "warped").Numbers(), warped.Values);
        AssertClose(Vector(shape, "capped").Numbers(), StrokeShaping.Strongest(warped, Field(2, 42, 1), 20).Values);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_deepest_pixels_and_boxes_agree(int shape)
    {
        var region = Vector(shape, "region").Map();
        var deepest = Vector(shape, "deepest").EnumerateArray().Select(pixel => (pixel[0].GetInt32(), pixel[1].GetInt32()));
        Assert.Equal(deepest, CentreClick.Deepest(region).Order());
        int[] jitter = [.. Vector(shape, "jitter").EnumerateArray().Select(side => side.GetInt32())];
        var box = SliceBox.Grown(region, jitter[0], jitter[1], jitter[2], jitter[3]);
        Assert.Equal(Vector(shape, "box").EnumerateArray().Select(side => side.GetInt32()), [box.Top, box.Left, box.Bottom, box.Right]);
    }

    private static JsonElement Vector(int shape, string name) => SharedVectors.Read("prompts")[shape].GetProperty(name);

    // Of the pixels of one map, the largest distance to the other.
    private static float Farthest(SliceMap from, SliceMap to)
    {
        var distances = new float[from.Pixels.Length];
        DistanceTransform.Of(to.Complement().Pixels, to.Rows, to.Columns, distances);
        return from.Pixels.Zip(distances).Where(pixel => pixel.First != 0).Max(pixel => pixel.Second);
    }

    private static string Text(SliceMap map) =>
        string.Join('\n', map.Pixels.Chunk(map.Columns).Select(row => string.Concat(row.Select(pixel => pixel == 0 ? '.' : '#'))));

    private static void AssertClose(float[] expected, float[] found) =>
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 2e-4));
}
