using Grpc.Core;
using SegBridge.Cli.Evaluate.Results;

namespace SegBridge.Cli.Evaluate.Playing;

/// <summary>Plays all units with each arm in turn, skips what is finished already, and keeps the pictures.</summary>
internal sealed class EvaluationRun(IReadOnlyList<Arm> arms, EvaluationUnits units, EvaluationSettings settings, StepLog log)
{
    private readonly Dictionary<(string Model, ObjectKey Key), byte[]> _pictures = [];

    /// <param name="progress">Called after each step and, with null, after what was finished before.</param>
    /// <param name="cancellationToken">Stops between and within steps.</param>
    public async Task PlayAsync(Action<EvaluatedStep?, double> progress, CancellationToken cancellationToken)
    {
        var before = 0.0;
        foreach (var (unit, done) in units.All())
        {
            foreach (var (n, arm) in arms.Index())
            {
                if (unit.Keys.All(key => log.Has(arm.Name, key)))
                {
                    progress(null, done);
                    continue;
                }

                log.Forget(arm.Name, unit.Keys);
                var finished = 0.0;
                void Keep(EvaluatedStep step)
                {
                    log.Add(step);
                    finished += step.Step == settings.Steps ? 1 : 0;
                    progress(step, before + ((done - before) * (n + (finished / unit.Keys.Count)) / arms.Count));
                }

                await PlayAsync(unit, arm, Keep, cancellationToken);
            }

            before = done;
        }
    }

    /// <summary>The pictures of objects; those that were finished before this run are played again, which gives the same.</summary>
    public async Task<IReadOnlyDictionary<ObjectKey, byte[]>> PicturesAsync(Arm arm, IReadOnlyCollection<ObjectKey> keys, CancellationToken cancellationToken)
    {
        var missing = keys.Where(key => !_pictures.ContainsKey((arm.Name, key))).ToHashSet();
        foreach (var (unit, _) in missing.Count == 0 ? [] : units.All())
        {
            if (unit.Keys.Any(missing.Contains))
            {
                await PlayAsync(unit, arm, _ => { }, cancellationToken);
            }
        }

        return keys.Distinct().Where(key => _pictures.ContainsKey((arm.Name, key))).ToDictionary(key => key, key => _pictures[(arm.Name, key)]);
    }

    private async Task PlayAsync(EvaluationUnit unit, Arm arm, Action<EvaluatedStep> report, CancellationToken cancellationToken)
    {
        try
        {
            await unit.PlayAsync(arm, settings, new PlayEvents(report, (key, png) => _pictures[(arm.Name, key)] = png), cancellationToken);
        }
        catch (RpcException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw arm.Connection.Explain(error);
        }
    }
}
