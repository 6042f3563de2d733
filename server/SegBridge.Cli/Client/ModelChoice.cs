using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Client;

/// <summary>Which of a server's models a command works with.</summary>
internal static class ModelChoice
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(200);

    /// <summary>The model of this id or, without one, the server's default if it suits, else the first ready one that does; waits while models are being loaded.</summary>
    /// <param name="connection">To the server.</param>
    /// <param name="id">Null: choose.</param>
    /// <param name="suits">What the command needs.</param>
    /// <param name="need">The same in words: "3D models".</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="UserException">There is no such model, or it does not suit or cannot be used.</exception>
    public static async Task<V1.Model> ChooseAsync(
        ServerConnection connection, string? id, Func<V1.Model, bool> suits, string need, CancellationToken cancellationToken)
    {
        while (true)
        {
            var list = await connection.Models.ListModelsAsync(new V1.ListModelsRequest(), cancellationToken: cancellationToken);
            var models = list.Models.OrderByDescending(model => model.Id == list.DefaultModelId).ToArray();
            var candidates = models.Where(model => id is null ? suits(model) : model.Id == id).ToArray();
            if (id is null && Array.Exists(models, model => model.State == V1.ModelState.Loading))
            {
                // Else the choice would depend on which model is loaded first.
                await Task.Delay(LookAgainAfter, cancellationToken);
                continue;
            }

            if (candidates.FirstOrDefault(model => model.State == V1.ModelState.Ready) is { } ready)
            {
                return suits(ready)
                    ? ready
                    : throw UserException.Usage($"--model: {id} is not one of the {need} that this needs; \"segbridge models list\" shows what there is");
            }

            if (!Array.Exists(models, model => model.State == V1.ModelState.Loading))
            {
                throw (id, candidates) switch
                {
                    (_, [{ State: V1.ModelState.Refused } refused, ..]) => new UserException($"the server refuses the model {refused.Id}: {refused.StateReason}"),
                    (null, _) => new UserException($"the server has none of the {need} that this needs"),
                    _ => UserException.Usage($"--model: the server has no model {id}; it has {string.Join(", ", models.Select(model => model.Id))}"),
                };
            }

            await Task.Delay(LookAgainAfter, cancellationToken);
        }
    }
}
