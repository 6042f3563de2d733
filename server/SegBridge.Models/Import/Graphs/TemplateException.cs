namespace SegBridge.Models.Import.Graphs;

/// <summary>A template of this installation is missing or damaged.</summary>
public sealed class TemplateException(string message) : Exception(message);
