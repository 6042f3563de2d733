using SegBridge.Sessions.Errors;

namespace SegBridge.Sessions.Segments;

/// <summary>What segment ids and settings may be.</summary>
internal static class SegmentRules
{
    private const int MaxId = 64;
    private const int MaxName = 100;
    private const int MaxTerminology = 1000;
    private const uint MaxColor = 0xFFFFFF;

    // Distinct on dark and on light backgrounds, in the order in which segments are made.
    private static readonly uint[] Colors = [0x80AE80, 0xF1D691, 0xB17A65, 0x6FB8D2, 0xD8654F, 0xDD8265, 0x90EE90, 0xC06858];

    public static uint ColorOf(int position) => Colors[position % Colors.Length];

    public static void RequireId(string id)
    {
        if (id.Length is 0 or > MaxId || !id.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-'))
        {
            throw new InvalidRequestException($"segment id: it has {id.Length} characters or a forbidden one; use 1 to {MaxId} of A-Z a-z 0-9 . _ -");
        }
    }

    public static void Require(SegmentSettings settings)
    {
        RequireId(settings.Id);
        if (settings.Name.Length > MaxName)
        {
            throw new InvalidRequestException($"segment name: {settings.Name.Length} characters; at most {MaxName} are allowed");
        }

        if (settings.Terminology.Length > MaxTerminology)
        {
            throw new InvalidRequestException($"segment terminology: {settings.Terminology.Length} characters; at most {MaxTerminology} are allowed");
        }

        if (settings.Color > MaxColor)
        {
            throw new InvalidRequestException($"segment color: 0x{settings.Color:X} is not a colour; use 0xRRGGBB");
        }
    }
}
