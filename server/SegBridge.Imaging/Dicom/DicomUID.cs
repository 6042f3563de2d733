using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace SegBridge.Imaging.Dicom;

/// <summary>Unique identifiers: those of the standard that are used here, and new ones.</summary>
public static class DicomUID
{
    public const string CTImageStorage = "1.2.840.10008.5.1.4.1.1.2";
    public const string EnhancedCTImageStorage = "1.2.840.10008.5.1.4.1.1.2.1";
    public const string MRImageStorage = "1.2.840.10008.5.1.4.1.1.4";
    public const string EnhancedMRImageStorage = "1.2.840.10008.5.1.4.1.1.4.1";
    public const string PositronEmissionTomographyImageStorage = "1.2.840.10008.5.1.4.1.1.128";
    public const string SecondaryCaptureImageStorage = "1.2.840.10008.5.1.4.1.1.7";
    public const string SegmentationStorage = "1.2.840.10008.5.1.4.1.1.66.4";
    public const string RTStructureSetStorage = "1.2.840.10008.5.1.4.1.1.481.3";
    public const string StudyComponentManagement = "1.2.840.10008.3.1.2.3.2";

    /// <summary>Names this implementation in what it writes.</summary>
    public const string Implementation = "2.25.196475901011874382109667329927721615552";

    /// <summary>A new identifier: "2.25." and a random UUID as a decimal number (PS3.5 section B.2).</summary>
    public static string Generate() => FromUuid(Guid.NewGuid().ToByteArray(bigEndian: true));

    /// <summary>The same identifier for the same name, so that what is written twice can be recognised.</summary>
    public static string FromName(string name)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(name))[..16];
        // Version 8 and the variant of RFC 9562: a UUID made of anything that its maker likes.
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return FromUuid(bytes);
    }

    /// <summary>Whether the text is an identifier: 1 to 64 characters, numbers without leading zeros parted by dots.</summary>
    public static bool IsValid(string uid) =>
        uid.Length is > 0 and <= 64
        && uid.Split('.').All(part => part.Length > 0 && part.All(char.IsAsciiDigit) && (part == "0" || part[0] != '0'));

    private static string FromUuid(byte[] bigEndian) =>
        "2.25." + new BigInteger(bigEndian, isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture);
}
