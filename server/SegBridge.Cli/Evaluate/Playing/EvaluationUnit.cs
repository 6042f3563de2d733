using SegBridge.Cli.Evaluate.Results;

namespace SegBridge.Cli.Evaluate.Playing;

/// <summary>Receives what happens while a unit is played.</summary>
/// <param name="Step">After each step.</param>
/// <param name="Picture">After each object, where pictures are wanted.</param>
internal sealed record PlayEvents(Action<EvaluatedStep> Step, Action<ObjectKey, byte[]> Picture);

/// <summary>The smallest part of an evaluation that is played as a whole or not at all.</summary>
internal abstract class EvaluationUnit
{
    /// <summary>The objects in it.</summary>
    public abstract IReadOnlyList<ObjectKey> Keys { get; }

    public abstract Task PlayAsync(Arm arm, EvaluationSettings settings, PlayEvents events, CancellationToken cancellationToken);
}

/// <summary>One object for itself.</summary>
internal sealed class SingleUnit(EvaluatedObject one) : EvaluationUnit
{
    public override IReadOnlyList<ObjectKey> Keys => [one.Key];

    public override async Task PlayAsync(Arm arm, EvaluationSettings settings, PlayEvents events, CancellationToken cancellationToken)
    {
        if (await new ObjectPlayer(arm, settings).PlayAsync(one, null, events.Step, cancellationToken) is { } picture)
        {
            events.Picture(one.Key, picture.Png);
        }
    }
}

/// <summary>
/// Images of one task, each finished one an example for those after it, where the model uses context; with another model
/// the same images in the same order without.
/// </summary>
/// <param name="name">Of the task on the server.</param>
/// <param name="images">Each is read when its turn comes.</param>
internal sealed class SeriesUnit(string name, IReadOnlyList<(ObjectKey Key, Func<EvaluatedObject> Read)> images) : EvaluationUnit
{
    public override IReadOnlyList<ObjectKey> Keys { get; } = [.. images.Select(image => image.Key)];

    public override async Task PlayAsync(Arm arm, EvaluationSettings settings, PlayEvents events, CancellationToken cancellationToken)
    {
        var tasks = arm.Connection.Tasks;
        var task = arm.Model.UsesContext
            ? new SeriesTask((await tasks.CreateTaskAsync(new V1.CreateTaskRequest { Name = name }, cancellationToken: cancellationToken)).Id)
            : null;
        try
        {
            foreach (var (key, read) in images)
            {
                if (await new ObjectPlayer(arm, settings).PlayAsync(read(), task, events.Step, cancellationToken) is { } picture)
                {
                    events.Picture(key, picture.Png);
                }
            }
        }
        finally
        {
            if (task is not null)
            {
                await tasks.RemoveTaskAsync(new V1.RemoveTaskRequest { TaskId = task.Id }, cancellationToken: CancellationToken.None);
            }
        }
    }
}
