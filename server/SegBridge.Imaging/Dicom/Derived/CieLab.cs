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

    /// <summary>The nearest colour of three such numbers.</summary>
    public static (byte Red, byte Green, byte Blue) ToRgb(double l, double a, double b)
    {
        var fy = ((l / 65535 * 100) + 16) / 116;
        var x = Cubed(fy + (((a / 65535 * 255) - 128) / 500)) * 0.9642200;
        var y = Cubed(fy);
        var z = Cubed(fy - (((b / 65535 * 255) - 128) / 200)) * 0.8252100;
        return (
            Display((3.1338561 * x) - (1.6168667 * y) - (0.4906146 * z)),
            Display((-0.9787684 * x) + (1.9161415 * y) + (0.0334540 * z)),
            Display((0.0719453 * x) - (0.2289914 * y) + (1.4052427 * z)));
    }

    private static double Cubed(double f) => f * f * f > 216.0 / 24389 ? f * f * f : ((116 * f) - 16) * 27 / 24389;

    private static byte Display(double linear)
    {
        var part = Math.Clamp(linear, 0, 1);
        return (byte)Math.Round(255 * (part <= 0.0031308 ? part * 12.92 : (1.055 * Math.Pow(part, 1 / 2.4)) - 0.055));
    }

    private static int Encode(double part) => (int)Math.Round(Math.Clamp(part, 0, 1) * 65535);

    private static double Linear(byte value)
    {
        var part = value / 255.0;
        return part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);
    }

    private static double Root(double t) => t > 216.0 / 24389 ? Math.Cbrt(t) : ((24389.0 / 27 * t) + 16) / 116;
}
