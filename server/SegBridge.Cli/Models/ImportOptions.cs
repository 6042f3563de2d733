using System.CommandLine;
using System.CommandLine.Parsing;
using SegBridge.Cli.CommandLine;
using SegBridge.Imaging.Intensity;
using SegBridge.Models.Bundles;
using SegBridge.Models.Import;
using SegBridge.Models.Import.Families;

namespace SegBridge.Cli.Models;

/// <summary>The options of <c>models import</c>.</summary>
internal sealed class ImportOptions
{
    private readonly Option<string> _family = new("--family")
    {
        Description = $"The published network: {string.Join(", ", FamilyNames.All.Keys)}", HelpName = "NAME", Required = true,
    };

    private readonly Option<string> _checkpoint = new("--checkpoint")
    {
        Description = "Its checkpoint: a file of torch.save (PyTorch 1.6 or later) or safetensors", HelpName = "FILE", Required = true,
    };

    private readonly Option<string> _id = new("--id") { Description = "Name of the new bundle", HelpName = "ID", Required = true };
    private readonly Option<string?> _title = new("--title") { Description = "Title that people see", HelpName = "TEXT" };
    private readonly Option<string?> _licence = new("--licence") { Description = "Licence of the weights, such as Apache-2.0", HelpName = "TEXT" };
    private readonly Option<bool> _half = new("--half") { Description = "Store weights as float16: half the size" };
    private readonly Option<bool> _replace = new("--replace") { Description = "Replace a bundle of this id" };
    private readonly Option<string?> _models = ModelFolder.Option();
    private readonly Option<string?> _templates = new("--templates") { Description = "Folder of graph templates [default: models/templates of this SegBridge]", HelpName = "DIR" };

    private readonly Option<string?> _unet = new("--unet")
    {
        Description = "multiverseg: a ScribblePrompt-UNet checkpoint for the time without examples; necessary with a UniverSeg checkpoint", HelpName = "FILE",
    };

    private readonly Option<string?> _preset = new("--preset")
    {
        Description = $"prism: intensities of the published networks: {string.Join(", ", PrismIntensities.Presets.Keys)}", HelpName = "NAME",
    };

    private readonly Option<IntensityWindow?> _clip = new("--clip")
    {
        Description = "prism: other intensities: clipped to these, with --mean and --std", HelpName = "LOW,HIGH", CustomParser = ParseClip,
    };

    private readonly Option<double?> _mean = new("--mean") { Description = "prism: mean of the clipped training voxels", HelpName = "VALUE" };
    private readonly Option<double?> _deviation = new("--std") { Description = "prism: their standard deviation", HelpName = "VALUE" };

    public void AddTo(Command command)
    {
        _family.AcceptOnlyFromAmong([.. FamilyNames.All.Keys]);
        _preset.AcceptOnlyFromAmong([.. PrismIntensities.Presets.Keys]);
        _deviation.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && double.TryParse(result.Tokens[0].Value, System.Globalization.CultureInfo.InvariantCulture, out var value) && !(value > 0))
            {
                result.AddError($"--std must be above 0, got {result.Tokens[0].Value}");
            }
        });
        foreach (var option in (Option[])[_family, _checkpoint, _id, _title, _licence, _half, _preset, _clip, _mean, _deviation, _unet, _replace, _models, _templates])
        {
            command.Options.Add(option);
        }

        command.Validators.Add(RequireIntensities);
    }

    /// <exception cref="UserException">A file or folder is missing.</exception>
    public ImportRequest RequestOf(ParseResult parsed) => new()
    {
        Family = FamilyNames.All[parsed.GetValue(_family)!],
        Checkpoint = Existing("--checkpoint", parsed.GetValue(_checkpoint)!),
        Id = parsed.GetValue(_id)!,
        ModelsFolder = parsed.GetValue(_models) ?? ModelFolder.Resolve(null),
        TemplatesFolder = ImportTemplateFolder.Resolve(parsed.GetValue(_templates)),
        Title = parsed.GetValue(_title),
        Licence = parsed.GetValue(_licence),
        Half = parsed.GetValue(_half),
        Replace = parsed.GetValue(_replace),
        Intensities = IntensitiesOf(parsed),
        UnetCheckpoint = parsed.GetValue(_unet) is { } unet ? Existing("--unet", unet) : null,
    };

    private PrismIntensities? IntensitiesOf(ParseResult parsed) =>
        parsed.GetValue(_preset) is { } preset ? PrismIntensities.Presets[preset]
        : parsed.GetValue(_clip) is { } clip ? new PrismIntensities(clip.Lower, clip.Upper, parsed.GetValue(_mean)!.Value, parsed.GetValue(_deviation)!.Value)
        : null;

    private void RequireIntensities(CommandResult result)
    {
        var given = ((Option[])[_clip, _mean, _deviation]).Count(option => result.GetResult(option) is not null);
        var preset = result.GetResult(_preset) is not null;
        var prism = IsFamily(result, ModelFamily.Prism);
        if (given is not (0 or 3))
        {
            result.AddError("--clip, --mean and --std belong together");
        }
        else if (preset && given > 0)
        {
            result.AddError("--preset and --clip, --mean, --std exclude each other");
        }
        else if (prism && !preset && given == 0)
        {
            result.AddError($"prism needs the intensities it was trained with: --preset {string.Join('|', PrismIntensities.Presets.Keys)}, or --clip, --mean and --std");
        }
        else if (!prism && (preset || given > 0))
        {
            result.AddError("--preset, --clip, --mean and --std are for prism only");
        }

        if (result.GetResult(_unet) is not null && !IsFamily(result, ModelFamily.MultiverSeg))
        {
            result.AddError("--unet is for multiverseg only");
        }
    }

    private bool IsFamily(CommandResult result, ModelFamily family) =>
        result.GetResult(_family)?.Tokens is [{ Value: var name }] && name == FamilyNames.Of(family);

    private static string Existing(string option, string file) =>
        Path.GetFullPath(GivenFile.Require(option, file));

    private static IntensityWindow? ParseClip(ArgumentResult result)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        var window = WindowText.ParseOrNull(text);
        if (window is null)
        {
            result.AddError($"--clip must be two numbers, the lower first, such as -57,175; got \"{text}\"");
        }

        return window;
    }
}
