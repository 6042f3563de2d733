namespace SegBridge.Imaging.Intensity;

/// <summary>What made an image; it decides what values mean.</summary>
public enum Modality
{
    /// <summary>Nobody said.</summary>
    Unknown = 0,

    /// <summary>Computed tomography: Hounsfield units.</summary>
    CT,

    /// <summary>Magnetic resonance: arbitrary units.</summary>
    MR,

    /// <summary>Positron emission tomography.</summary>
    PT,

    /// <summary>Ultrasound.</summary>
    US,

    /// <summary>Something else.</summary>
    Other,
}
