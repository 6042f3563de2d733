using SegBridge.Models.Bundles;

namespace SegBridge.Models.Import;

/// <summary>What an import did.</summary>
/// <param name="Id">The new bundle.</param>
/// <param name="Folder">Full path of its folder.</param>
/// <param name="Family">Its family.</param>
/// <param name="Sources">The checkpoints it is made of.</param>
/// <param name="Parts">Its files.</param>
/// <param name="MissingParts">Parts of the family that the checkpoint has no weights for.</param>
/// <param name="Half">How weights were rounded to float16; null when they were not.</param>
/// <param name="SelfTestMs">Loading the bundle as the server does, and running every part once.</param>
public sealed record ImportReport(
    string Id,
    string Folder,
    ModelFamily Family,
    IReadOnlyList<ImportSource> Sources,
    IReadOnlyList<ModelPart> Parts,
    IReadOnlyList<string> MissingParts,
    HalfReport? Half,
    double SelfTestMs);

/// <summary>A checkpoint that was imported.</summary>
/// <param name="File">Name without its folder.</param>
/// <param name="Sha256">64 lower-case hexadecimal digits.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Tensors">Tensors taken over.</param>
/// <param name="LeftOut">Tensors that no prediction depends on.</param>
/// <param name="Unwrapped">Dictionaries and prefixes around the names, outermost first.</param>
/// <param name="Unread">Names of classes in the file that were neither run nor needed.</param>
public sealed record ImportSource(
    string File, string Sha256, long Bytes, int Tensors, IReadOnlyList<string> LeftOut, IReadOnlyList<string> Unwrapped, IReadOnlyList<string> Unread);

/// <summary>The largest difference that rounding to float16 made.</summary>
/// <param name="LargestError">Absolute.</param>
/// <param name="Tensor">Where.</param>
public sealed record HalfReport(float LargestError, string Tensor);

/// <summary>How far an import is.</summary>
/// <param name="Stage">What is being done, for people.</param>
/// <param name="Done">Bytes of this stage.</param>
/// <param name="Total">Bytes of this stage; 0 when it cannot be measured.</param>
public readonly record struct ImportProgress(string Stage, long Done, long Total);
