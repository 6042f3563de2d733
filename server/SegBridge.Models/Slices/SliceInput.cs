using System.Globalization;
using SegBridge.Models.Bundles;

namespace SegBridge.Models.Slices;

/// <summary>Checks what a caller gives before it waits for the device.</summary>
internal static class SliceInput
{
    public static void Require(SliceImage image, SlicePrompts prompts, ReadOnlyMemory<float>? previousLogits, int logitCount)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(prompts);
        RequireMap(image.Pixels.Length, image.Rows, image.Columns, nameof(image));
        foreach (var (map, name) in new[] { (prompts.PositiveScribble, "positive scribble"), (prompts.NegativeScribble, "negative scribble") })
        {
            if (map is not null)
            {
                RequireMap(map.Length, image.Rows, image.Columns, name);
            }
        }

        foreach (var point in prompts.Points)
        {
            if (!(point.Row >= -0.5 && point.Row <= image.Rows - 0.5 && point.Column >= -0.5 && point.Column <= image.Columns - 0.5))
            {
                throw new ArgumentException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"the point at row {point.Row}, column {point.Column} is not on the slice of {image.Rows} × {image.Columns} pixels"),
                    nameof(prompts));
            }
        }

        if (previousLogits is { } logits && logits.Length != logitCount)
        {
            throw new ArgumentException($"the previous logits must be the model's own {logitCount} values, got {logits.Length}", nameof(previousLogits));
        }
    }

    public static void RequireContext(SliceContext context, ModelManifest manifest)
    {
        var (grid, right) = (context.Examples[0].Grid, manifest.Input.Size);
        if (grid.Rows != right[0] || grid.Columns != right[1])
        {
            throw new ArgumentException(
                $"the context's examples must be made by model {manifest.Id} on its grid of {right[0]} × {right[1]}, theirs is {grid.Rows} × {grid.Columns}",
                nameof(context));
        }
    }

    public static void RequireMap(int length, int rows, int columns, string name)
    {
        if (rows < 1 || columns < 1 || length != (long)rows * columns)
        {
            throw new ArgumentException($"the {name} must have rows × columns values and at least one, got {length} for {rows} × {columns}", name);
        }
    }
}
