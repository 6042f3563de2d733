using SegBridge.Cli.Client;

namespace SegBridge.Cli.Evaluate.Playing;

/// <summary>What is evaluated: a model on a server.</summary>
/// <param name="Name">The model's id or, where two servers are compared, the server's address.</param>
/// <param name="Connection">To the server.</param>
/// <param name="Model">As the server describes it.</param>
internal sealed record Arm(string Name, ServerConnection Connection, V1.Model Model);
