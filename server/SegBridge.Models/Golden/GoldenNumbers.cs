using static SegBridge.Models.Bundles.ModelFamily;

namespace SegBridge.Models.Golden;

/// <summary>
/// What the published networks give with golden weights for golden inputs: measured once by running their authors' own
/// code (float32, CPU).
/// </summary>
internal static class GoldenNumbers
{
    public static GoldenTensor UnetLogits { get; } = new(
        ScribblePromptUnet, "logits", [128, 128], 0.22765604, 0.36960541,
        ([0, 0], -0.072728626), ([0, 127], 0.15044643), ([64, 64], 0.015412524), ([127, 0], 0.17796507), ([37, 91], 0.54350322));

    public static GoldenTensor ContextLogits { get; } = new(
        MultiverSeg, "logits, 3 examples", [128, 128], 0.28748225, 0.74657898,
        ([0, 0], -0.022375137), ([0, 127], 0.58089334), ([64, 64], 1.2137977), ([127, 0], 0.14540729), ([37, 91], -0.36469197));

    public static GoldenTensor NoContextLogits { get; } = new(
        MultiverSeg, "logits, no example", [128, 128], 0.29377475, 0.75438752,
        ([0, 0], -0.011259288), ([0, 127], 0.41505572), ([64, 64], 1.3064781), ([127, 0], 0.22410756), ([37, 91], -0.19460282));

    public static GoldenTensor SamEmbedding { get; } = new(
        ScribblePromptSam, "embedding", [256, 64, 64], 0.0093548571, 1.0167841,
        ([0, 0, 0], 0.72734457), ([100, 31, 5], -0.82428139), ([255, 63, 63], -0.95593613));

    public static GoldenTensor SamFirstLow { get; } = new(
        ScribblePromptSam, "call 0 low-resolution logits", [256, 256], -0.063122667, 0.63295325,
        ([0, 0], -0.90016842), ([128, 77], -0.69864649), ([255, 255], -0.07537014));

    public static GoldenTensor SamFirst { get; } = new(
        ScribblePromptSam, "call 0 logits", [128, 128], -0.063122667, 0.3539298,
        ([0, 0], -0.78708375), ([0, 127], -0.29224518), ([64, 64], -0.52665436), ([127, 0], 0.30262792), ([37, 91], 0.30061615));

    public static GoldenTensor SamSecondLow { get; } = new(
        ScribblePromptSam, "call 1 low-resolution logits", [256, 256], 0.244731, 0.6014398,
        ([0, 0], 0.16593799), ([128, 77], -0.38242885), ([255, 255], 0.31953749));

    public static GoldenTensor SamSecond { get; } = new(
        ScribblePromptSam, "call 1 logits", [128, 128], 0.244731, 0.22616227,
        ([0, 0], 0.059308004), ([0, 127], 0.17691362), ([64, 64], 0.12989601), ([127, 0], 0.16381752), ([37, 91], 0.68339807));

    public static GoldenTensor PrismEmbedding { get; } = new(
        Prism, "embedding", [384, 8, 8, 8], 0.64202632, 0.85543766,
        ([0, 0, 0, 0], 0.76711756), ([0, 3, 5, 7], 1.4924837), ([10, 7, 1, 2], 2.1290064), ([383, 4, 4, 4], -0.17636046));

    public static GoldenTensor PrismFirstCandidates { get; } = new(
        Prism, "step 0 candidates", [3, 128, 128, 128], 1.5756393, 2.4118328,
        ([0, 0, 0, 0], 1.2025373), ([0, 64, 64, 64], 0.29916674), ([0, 127, 3, 50], 0.75690454), ([0, 10, 20, 30], 4.4087596), ([2, 64, 64, 64], 1.9419731));

    public static GoldenTensor PrismFirstScores { get; } = new(
        Prism, "step 0 scores", [3], 0.52815939, 0.11708263,
        ([0], 0.45692563), ([1], 0.69322443), ([2], 0.43432811));

    public static GoldenTensor PrismFirstRefinedLogits { get; } = new(
        Prism, "step 0 refined logits", [128, 128, 128], -0.65025947, 0.70701868,
        ([0, 0, 0], 0.98680359), ([64, 64, 64], -0.7000801), ([127, 3, 50], -0.55660284), ([10, 20, 30], -1.5530255));

    public static GoldenTensor PrismFirstErrorMap { get; } = new(
        Prism, "step 0 error map", [128, 128, 128], -0.63994293, 0.42399956,
        ([0, 0, 0], -0.33948788), ([64, 64, 64], -0.71632797), ([127, 3, 50], -0.17625597), ([10, 20, 30], -0.51005638));

    public static GoldenTensor PrismSecondCandidates { get; } = new(
        Prism, "step 1 candidates", [3, 128, 128, 128], 1.0500259, 2.1315434,
        ([0, 0, 0, 0], 0.65741897), ([0, 64, 64, 64], 0.59975374), ([0, 127, 3, 50], 0.59593344), ([0, 10, 20, 30], 2.9505613), ([2, 64, 64, 64], 1.4774542));

    public static GoldenTensor PrismSecondScores { get; } = new(
        Prism, "step 1 scores", [3], 0.5539515, 0.13927641,
        ([0], 0.48741549), ([1], 0.74777043), ([2], 0.42666858));

    public static GoldenTensor PrismSecondRefinedLogits { get; } = new(
        Prism, "step 1 refined logits", [128, 128, 128], -0.67059345, 0.68343218,
        ([0, 0, 0], 0.5928573), ([64, 64, 64], -1.1268461), ([127, 3, 50], -0.28278294), ([10, 20, 30], -0.99117053));

    public static GoldenTensor PrismSecondErrorMap { get; } = new(
        Prism, "step 1 error map", [128, 128, 128], -0.63981159, 0.42558175,
        ([0, 0, 0], -0.2413829), ([64, 64, 64], -0.70404691), ([127, 3, 50], -0.084499285), ([10, 20, 30], -0.43047258));
}
