using System.Text.Json;
using Microsoft.ML.OnnxRuntime;

namespace SegBridge.Cli.Bench.Floor;

/// <summary>Counts the multiply-accumulates of a network from the shapes that ONNX Runtime sees in it.</summary>
internal static class MacCount
{
    /// <summary>Of convolutions and matrix products, which is nearly all; runs the network once.</summary>
    public static double Of(string file, string inputName, OrtValue input)
    {
        var folder = Directory.CreateTempSubdirectory("segbridge-macs-");
        try
        {
            using var options = OnnxThreads.Options();
            // As the graph is written: optimised ones hide convolutions in operators of their own.
            options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
            options.ProfileOutputPathPrefix = Path.Combine(folder.FullName, "profile");
            options.EnableProfiling = true;
            using var session = new InferenceSession(file, options);
            using var run = new RunOptions();
            using var outputs = session.Run(run, [inputName], [input], [session.OutputNames[0]]);
            using var profile = JsonDocument.Parse(File.ReadAllBytes(session.EndProfiling()));
            return profile.RootElement.EnumerateArray().Sum(OfNode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static double OfNode(JsonElement happened)
    {
        if (!happened.TryGetProperty("args", out var args) || !args.TryGetProperty("input_type_shape", out var inputs)
            || !args.TryGetProperty("output_type_shape", out var outputs) || inputs.GetArrayLength() < 2)
        {
            return 0;
        }

        var (input, weights, output) = (ShapeOf(inputs[0]), ShapeOf(inputs[1]), ShapeOf(outputs[0]));
        return args.GetProperty("op_name").GetString() switch
        {
            // Weights are [out, in / groups, kernel…]: each output value is a product of one row of them.
            "Conv" => Product(output) * Product(weights) / weights[0],
            // Weights are [in, out / groups, kernel…]: each input value goes through one row of them.
            "ConvTranspose" => Product(input) * Product(weights) / weights[0],
            "MatMul" or "Gemm" => Product(output) * Product(weights) / output[^1],
            _ => 0,
        };
    }

    // {"float":[1,5,128,128]}
    private static double[] ShapeOf(JsonElement typed) =>
        [.. typed.EnumerateObject().First().Value.EnumerateArray().Select(length => length.GetDouble())];

    private static double Product(double[] shape) => shape.Aggregate(1.0, (product, length) => product * length);
}
