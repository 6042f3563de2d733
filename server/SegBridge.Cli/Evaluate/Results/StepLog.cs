using System.Text.Json;
using SegBridge.Cli.CommandLine;
using SegBridge.Cli.Evaluate.Playing;

namespace SegBridge.Cli.Evaluate.Results;

/// <summary>
/// All steps so far, in memory and, where a file is named, as lines of JSON in it, each written as soon as it is known. A
/// run that finds its file there goes on after the last object that was finished.
/// </summary>
internal sealed class StepLog : IDisposable
{
    private readonly string? _path;
    private readonly Header _header;
    private readonly List<EvaluatedStep> _steps = [];
    private StreamWriter? _file;

    private StepLog(string? path, Header header) => (_path, _header) = (path, header);

    /// <summary>In the order played.</summary>
    public IReadOnlyList<EvaluatedStep> Steps => _steps;

    /// <param name="path">Null: in memory only.</param>
    /// <param name="signature">What decides a step, see <see cref="EvaluationSettings.Signature"/>, and the models with their versions.</param>
    /// <param name="lastStep">The step after which an object is finished.</param>
    /// <exception cref="UserException">The file is not of a run such as this.</exception>
    public static StepLog Open(string? path, string signature, int lastStep)
    {
        var log = new StepLog(path, new Header(signature));
        if (path is not null && File.Exists(path))
        {
            log.Restore(File.ReadAllLines(path), lastStep);
        }

        log.Rewrite();
        return log;
    }

    public void Add(EvaluatedStep step)
    {
        _steps.Add(step);
        _file?.WriteLine(JsonText.Of(step));
        _file?.Flush();
    }

    /// <summary>Whether an object is finished already.</summary>
    public bool Has(string model, ObjectKey key) => _steps.Exists(step => step.Model == model && step.Key == key);

    /// <summary>Drops what was played of objects that must be played again.</summary>
    public void Forget(string model, IReadOnlyCollection<ObjectKey> keys)
    {
        if (_steps.RemoveAll(step => step.Model == model && keys.Contains(step.Key)) > 0)
        {
            Rewrite();
        }
    }

    public void Dispose() => _file?.Dispose();

    private void Restore(string[] lines, int lastStep)
    {
        var header = lines.Length == 0 ? null : Parse<Header>(lines[0]);
        if (header?.Evaluation != _header.Evaluation)
        {
            throw UserException.Usage(
                $"--json-lines: {_path} is not of this evaluation ({_header.Evaluation}) but of {(header?.Evaluation is { } other ? $"another ({other})" : "something else")}; name another file or delete it");
        }

        // The last line may be torn where the run was killed.
        var played = lines.Skip(1).Select(Parse<EvaluatedStep>).OfType<EvaluatedStep>().GroupBy(step => (step.Model, step.Key));
        _steps.AddRange(played.Where(steps => steps.Any(step => step.Step == lastStep)).SelectMany(steps => steps));
    }

    private void Rewrite()
    {
        if (_path is null)
        {
            return;
        }

        _file?.Dispose();
        File.WriteAllLines(_path + ".part", [JsonText.Of(_header), .. _steps.Select(JsonText.Of)]);
        File.Move(_path + ".part", _path, overwrite: true);
        _file = new StreamWriter(_path, append: true);
    }

    private static T? Parse<T>(string line)
        where T : class
    {
        try
        {
            return JsonText.Read<T>(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Header(string Evaluation);
}
