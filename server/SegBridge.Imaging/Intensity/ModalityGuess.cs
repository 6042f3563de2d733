using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Volumes;

namespace SegBridge.Imaging.Intensity;

/// <summary>What made an image, where its file does not say.</summary>
public static class ModalityGuess
{
    // Only CT has values this low.
    private const float CtBelow = -500;

    /// <summary>CT, or unknown: as far as the values tell.</summary>
    public static Modality Of(Volume image)
    {
        var size = image.Geometry.Size;
        var slice = new float[(long)size.I * size.J];
        for (var k = 0; k < size.K; k++)
        {
            image.ReadBox(new SlicePlane(Axis.K, k).BoxIn(size), slice);
            // NaN is no value.
            foreach (var value in slice)
            {
                if (value <= CtBelow)
                {
                    return Modality.CT;
                }
            }
        }

        return Modality.Unknown;
    }
}
