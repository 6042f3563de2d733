namespace SegBridge.Imaging.Dicom;

/// <summary>Colours as DICOM recommends them: CIELab of the D50 white, in 16-bit numbers (PS3.3 section C.10.7.1.1).</summary>
internal static class CieLab
{
    public static int[] Of((byte Red, byte Green, byte Blue) colour)
    {
        var (r, g, b) = (Linear(colour.Red), Linear(colour.Green), Linear(colour.Blue));
        // sRGB to XYZ relative to D50.
        var x = ((0.4360747 * r) + (0.3850649 * g) + (0.1430804 * b)) / 0.9642200;
        var y = (0.2225045 * r) + (0.7168786 * g) + (0.0606169 * b);
        var z = ((0.0139322 * r) + (0.0971045 * g) + (0.7141733 * b)) / 0.8252100;
        var (fx, fy, fz) = (Root(x), Root(y), Root(z));
        return
        [
            Encode(((116 * fy) - 16) / 100),
            Encode(((500 * (fx - fy)) + 128) / 255),
            Encode(((200 * (fy - fz)) + 128) / 255),
        ];
    }

    private static int Encode(double part) => (int)Math.Round(Math.Clamp(part, 0, 1) * 65535);

    private static double Linear(byte value)
    {
        var part = value / 255.0;
        return part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);
    }

    private static double Root(double t) => t > 216.0 / 24389 ? Math.Cbrt(t) : ((24389.0 / 27 * t) + 16) / 116;
}
