namespace SegBridge.Server.Services;

/// <summary>A part of the contract that this version does not have.</summary>
/// <param name="what">What is missing, and what to do instead if there is something.</param>
internal sealed class UnimplementedException(string what) : Exception($"not in this version: {what}");
