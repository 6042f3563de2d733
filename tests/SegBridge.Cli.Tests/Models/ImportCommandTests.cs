using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Tests.Models;

public sealed class ImportCommandTests : IDisposable
{
    private const string Import = "models import --checkpoint a.pt --id a --family ";
    private readonly string _scratch = Directory.CreateTempSubdirectory("segbridge-import-").FullName;

    [Theory]
    [InlineData("models import --family multiverseg --id a", "--checkpoint")]
    [InlineData(Import + "unet", "unet")]
    [InlineData(Import + "prism", "prism needs the intensities it was trained with: --preset colon|pancreas|liver|kidney")]
    [InlineData(Import + "prism --preset lung", "lung")]
    [InlineData(Import + "prism --clip -57,175 --mean 3", "--clip, --mean and --std belong together")]
    [InlineData(Import + "prism --clip 5,1 --mean 3 --std 1", "--clip must be two numbers, the lower first")]
    [InlineData(Import + "prism --clip 1,5 --mean 3 --std 0", "--std must be above 0, got 0")]
    [InlineData(Import + "prism --preset colon --clip 1,5 --mean 3 --std 2", "exclude each other")]
    [InlineData(Import + "scribbleprompt-sam --preset colon", "are for prism only")]
    [InlineData(Import + "prism --preset colon --unet b.pt", "--unet is for multiverseg only")]
    public void Wrong_usage_is_said_in_one_line(string arguments, string message) =>
        Assert.Contains(CommandTree.Complaints(CommandTree.Build().Parse(arguments)), complaint =>
            complaint.Contains(message, StringComparison.Ordinal) && !complaint.Contains('\n', StringComparison.Ordinal));

    [Theory]
    [InlineData(Import + "prism --preset colon --half --json --replace --title T --licence Apache-2.0 --models here --templates there")]
    [InlineData(Import + "prism --clip -57,175 --mean -3.5 --std 32.6")]
    [InlineData(Import + "multiverseg --unet b.pt")]
    public void Right_usage_is_understood(string arguments) => Assert.Empty(CommandTree.Build().Parse(arguments).Errors);

    [Fact]
    public async Task A_checkpoint_becomes_a_bundle_in_a_fresh_folder()
    {
        var (checkpoint, models) = (Path.Combine(_scratch, "unet.safetensors"), Path.Combine(_scratch, "models"));
        WriteEmptyUnet(checkpoint);
        string[] command =
        [
            "models", "import", "--family", "scribbleprompt-unet", "--checkpoint", checkpoint, "--id", "fresh", "--models", models, "--half", "--json",
            "--templates", Templates(),
        ];

        Assert.Equal(0, await CommandTree.RunAsync(command));

        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(models, "fresh", "model.json")))!;
        Assert.Equal("scribbleprompt-unet", (string?)manifest["family"]);
        Assert.Equal("unknown: ask its authors", (string?)manifest["licence"]);
        Assert.Equal("unet.safetensors", (string?)manifest["provenance"]!["imported"]![0]!["checkpoint"]);
        // The same again: the id is taken. A file that is not there: wrong usage.
        Assert.Equal(1, await CommandTree.RunAsync(command));
        Assert.Equal(2, await CommandTree.RunAsync([.. command[..5], "missing.pt", .. command[6..]]));
    }

    public void Dispose() => Directory.Delete(_scratch, recursive: true);

    private static string Templates([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "models", "templates"));

    // The published names and shapes, all zeros: the network runs and says nothing.
    private static void WriteEmptyUnet(string path)
    {
        var header = new JsonObject();
        var place = 0L;
        void Tensor(string name, params long[] shape)
        {
            var end = place + (4 * shape.Aggregate(1L, (product, length) => product * length));
            header[name] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray([.. shape.Select(length => JsonValue.Create(length))]),
                ["data_offsets"] = new JsonArray(place, end),
            };
            place = end;
        }

        foreach (var block in (string[])["downs.0", "downs.1", "downs.2", "downs.3", "bottleneck", "ups.1", "ups.3", "ups.5", "ups.7"])
        {
            Tensor($"{block}.conv.0.weight", 192, block == "downs.0" ? 5 : block[0] == 'u' ? 384 : 192, 3, 3);
            Tensor($"{block}.conv.0.bias", 192);
            Tensor($"{block}.conv.1.weight", 1);
        }

        Tensor("final_conv.conv.0.weight", 1, 192, 1, 1);
        Tensor("final_conv.conv.0.bias", 1);
        var json = System.Text.Encoding.UTF8.GetBytes(header.ToJsonString());
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        using var file = File.Create(path);
        file.Write(length);
        file.Write(json);
        file.SetLength(8 + json.Length + place);
    }
}
