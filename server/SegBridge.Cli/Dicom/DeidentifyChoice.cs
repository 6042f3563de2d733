using System.CommandLine;
using System.CommandLine.Parsing;
using System.Security.Cryptography;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Segmentations;
using SegBridge.Imaging.Dicom;

namespace SegBridge.Cli.Dicom;

/// <summary>The options by which a command takes the patient's identity out of what it writes.</summary>
internal sealed class DeidentifyChoice
{
    private const int KeyBytes = 32;

    private readonly Option<bool> _deidentify = new("--deidentify")
    {
        Description = "Write DICOM without identity: PS3.15 Basic Application Level Confidentiality Profile; identifiers become keyed hashes, dates go",
    };

    private readonly Option<string?> _keyFile = new("--deidentify-key")
    {
        Description = "File with the secret key of the hashes: what is written with one key belongs together [default: one of this user, made when first needed]",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_deidentify);
        command.Options.Add(_keyFile);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_keyFile) is not null && !result.GetValue(_deidentify))
            {
                result.AddError("--deidentify-key belongs to --deidentify");
            }
        });
    }

    /// <summary>What is wrong with asking for it where the result is of this kind, or null.</summary>
    public string? ComplaintIn(CommandResult command, FileKind kind) =>
        command.GetValue(_deidentify) && !kind.IsDicom() ? "--deidentify is for DICOM results; NIfTI and NRRD carry no identity" : null;

    /// <summary>Null unless it was asked for.</summary>
    /// <exception cref="UserException">The key cannot be read or made.</exception>
    public DicomDeidentifier? Of(ParseResult parsed)
    {
        if (!parsed.GetValue(_deidentify))
        {
            return null;
        }

        try
        {
            var key = parsed.GetValue(_keyFile) is { } file ? File.ReadAllBytes(file) : UsersKey();
            return key.Length >= DicomDeidentifier.MinKeyBytes
                ? new DicomDeidentifier(key)
                : throw UserException.Usage($"--deidentify-key: the file must have at least {DicomDeidentifier.MinKeyBytes} bytes, and has {key.Length}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"--deidentify-key: {error.Message}", cause: error);
        }
    }

    private static byte[] UsersKey()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        if (home.Length == 0)
        {
            throw UserException.Usage("this user has no folder for a key of its own; name a file with --deidentify-key FILE");
        }

        var path = Path.Combine(home, "segbridge", "deidentify.key");
        if (File.Exists(path))
        {
            return File.ReadAllBytes(path);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var key = RandomNumberGenerator.GetBytes(KeyBytes);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(path, options);
        stream.Write(key);
        return key;
    }
}
