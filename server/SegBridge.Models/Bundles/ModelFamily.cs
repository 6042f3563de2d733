namespace SegBridge.Models.Bundles;

/// <summary>A network architecture with its prompt encoding, plainest first. The manifest spells it in lower case with hyphens.</summary>
public enum ModelFamily
{
    /// <summary><c>scribbleprompt-unet</c></summary>
    ScribblePromptUnet,

    /// <summary><c>scribbleprompt-sam</c></summary>
    ScribblePromptSam,

    /// <summary><c>multiverseg</c></summary>
    MultiverSeg,

    /// <summary><c>prism</c></summary>
    Prism,
}
