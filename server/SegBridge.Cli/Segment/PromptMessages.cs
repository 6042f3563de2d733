using SegBridge.Cli.Client;
using SegBridge.Imaging.Geometry;

namespace SegBridge.Cli.Segment;

/// <summary>The prompts of a step as the contract has them.</summary>
internal static class PromptMessages
{
    public static IEnumerable<V1.Prompt> Of(PromptStep step)
    {
        foreach (var point in step.Points)
        {
            yield return new V1.Prompt { Point = new V1.PointPrompt { Polarity = Polarity(point.Positive), Ijk = point.At.ToWire() } };
        }

        foreach (var box in step.Boxes)
        {
            yield return new V1.Prompt { Box = new V1.BoxPrompt { Box = box.ToWire() } };
        }

        foreach (var scribble in step.Scribbles)
        {
            yield return new V1.Prompt
            {
                Scribble = new V1.ScribblePrompt { Polarity = Polarity(scribble.Positive), Path = Line(scribble.Path), RadiusMm = scribble.RadiusMm },
            };
        }

        foreach (var lasso in step.Lassos)
        {
            yield return new V1.Prompt { Lasso = new V1.LassoPrompt { Polarity = Polarity(lasso.Positive), Outline = Line(lasso.Outline) } };
        }
    }

    private static V1.Polarity Polarity(bool positive) => positive ? V1.Polarity.Positive : V1.Polarity.Negative;

    private static V1.Polyline Line(IReadOnlyList<VoxelPoint> points)
    {
        var coordinates = new V1.VoxelPoints();
        foreach (var point in points)
        {
            coordinates.Coordinates.Add([(float)point.I, (float)point.J, (float)point.K]);
        }

        return new V1.Polyline { Ijk = coordinates };
    }
}
