namespace SegBridge.Models.Bundles;

/// <summary>Whether a bundle can be used.</summary>
public enum BundleState
{
    /// <summary>Its hashes are being checked or its parts are being loaded.</summary>
    Loading,

    /// <summary>Hashes are right, the parts are loaded and have run once.</summary>
    Ready,

    /// <summary>It cannot be used; the bundle's reason says why.</summary>
    Refused,
}
