namespace SegBridge.Models.Tests.Golden;

/// <summary>A theory on networks of published size, which takes minutes; it runs with SEGBRIDGE_GOLDEN_FULL=1.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FullSizeTheoryAttribute : TheoryAttribute
{
    public FullSizeTheoryAttribute() =>
        Skip = Environment.GetEnvironmentVariable("SEGBRIDGE_GOLDEN_FULL") == "1" ? null : "takes minutes: runs with SEGBRIDGE_GOLDEN_FULL=1";
}
