namespace SegBridge.Sessions.Tasks;

/// <summary>
/// Who asks for a task. Everybody reads every task. A task is changed by the key that made it and by the key named
/// "operator"; one made while no keys were asked for, by everybody; and while none are asked for, every task by everybody.
/// </summary>
/// <param name="KeyName">The name of the caller's key; null where keys are off.</param>
public readonly record struct TaskUser(string? KeyName)
{
    /// <summary>The name of the key that may change every task.</summary>
    public const string Operator = "operator";

    /// <param name="owner">The name of the key that made the task; null when keys were off.</param>
    public bool MayChange(string? owner) => KeyName is null or Operator || owner is null || owner == KeyName;
}
