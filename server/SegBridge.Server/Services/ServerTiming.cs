using System.Globalization;
using Grpc.Core;
using SegBridge.Models.Inference;

namespace SegBridge.Server.Services;

/// <summary>Where the time of a call went, as the trailer that browsers and tracers know: <c>unet;dur=10.1, encode;dur=0.2</c>, in ms.</summary>
internal static class ServerTiming
{
    public const string Trailer = "server-timing";

    public static Metadata.Entry Of(IReadOnlyList<Lap> parts) =>
        new(Trailer, string.Join(", ", parts.Select(lap => string.Create(CultureInfo.InvariantCulture, $"{lap.Part};dur={lap.Ms:0.###}"))));
}
