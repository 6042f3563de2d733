namespace SegBridge.Imaging.Resampling;

/// <summary>Which places of the two grids coincide when an image changes its number of pixels.</summary>
public enum CornerConvention
{
    /// <summary>The outer edges of the corner pixels: source = (target + ½) · n / m − ½ (torch align_corners=False).</summary>
    HalfPixel = 0,

    /// <summary>The centres of the corner pixels: source = target · (n − 1) / (m − 1) (torch align_corners=True).</summary>
    AlignCorners = 1,
}
