namespace SegBridge.Models.Bundles;

/// <summary>
/// An isotropic spacing that follows the object, so that small and large ones look alike to the network:
/// clamp(<paramref name="Margin"/> × the object's largest extent / elements along an axis, minimum, maximum).
/// </summary>
/// <param name="Minimum">Millimetres, above 0.</param>
/// <param name="Maximum">Millimetres, at least <paramref name="Minimum"/>.</param>
/// <param name="Default">Millimetres, when nothing tells the object's extent; less where the whole volume, taken for the object, needs less.</param>
/// <param name="Margin">At least 1.</param>
public sealed record FittedSpacing(double Minimum, double Maximum, double Default, double Margin);
