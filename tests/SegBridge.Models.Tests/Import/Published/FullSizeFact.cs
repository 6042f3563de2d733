namespace SegBridge.Models.Tests.Import.Published;

/// <summary>A test on networks of published size, which take minutes and gigabytes: only when asked for.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FullSizeFactAttribute : FactAttribute
{
    public FullSizeFactAttribute() => Skip = IsAsked ? null : "takes minutes: set SEGBRIDGE_GOLDEN_FULL=1";

    public static bool IsAsked => Environment.GetEnvironmentVariable("SEGBRIDGE_GOLDEN_FULL") == "1";
}
