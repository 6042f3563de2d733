using System.Runtime.InteropServices;
using System.Text.Json;
using SegBridge.Imaging.Formats;

namespace SegBridge.Sessions.Tasks.Disk;

/// <summary>
/// An example as a folder: <c>image.png</c> (16-bit grey), <c>mask.png</c> (8-bit, 0 or 255) and <c>example.json</c>.
/// Nothing in it names a patient, a study or a user.
/// </summary>
internal static class ExampleFiles
{
    public const string Image = "image.png";
    public const string Mask = "mask.png";
    public const string About = "example.json";

    /// <summary>What a picture can take at most: its pixels and a little for what does not compress.</summary>
    public const int MaxFileBytes = (ExamplePicture.MaxSide * ExamplePicture.MaxSide * sizeof(ushort)) + (64 << 10);

    private const byte Inside = 255;
    private const byte Half = 128;
    private static readonly ReadLimits Limits = new(MaxVoxelBytes: MaxFileBytes);

    /// <summary>The files of a picture, by name, for an archive.</summary>
    public static IEnumerable<(string Name, Action<Stream> Write)> Parts(ExamplePicture picture) =>
    [
        (Image, stream => WriteImage(stream, picture)),
        (Mask, stream => WriteMask(stream, picture)),
        (About, stream => JsonSerializer.Serialize(stream, new ExampleKind(picture.Windowed))),
    ];

    /// <summary>Writes the files into an empty folder.</summary>
    /// <returns>Their bytes.</returns>
    public static long Write(string folder, ExamplePicture picture, DateTimeOffset created)
    {
        var image = PrivateFiles.Write(Path.Combine(folder, Image), stream => WriteImage(stream, picture));
        var mask = PrivateFiles.Write(Path.Combine(folder, Mask), stream => WriteMask(stream, picture));
        var about = new ExampleAbout(created, picture.Windowed, image, mask);
        return image + mask + PrivateFiles.Write(Path.Combine(folder, About), stream => JsonSerializer.Serialize(stream, about));
    }

    /// <summary>What an example's folder says of itself, without its pictures being read.</summary>
    /// <exception cref="InvalidDataException">A file is missing or has another length.</exception>
    public static (ExampleAbout About, long Bytes) Inspect(string folder)
    {
        var file = new FileInfo(Path.Combine(folder, About));
        using var stream = OpenWithin(file.FullName);
        var about = Parse<ExampleAbout>(stream);
        Require(Path.Combine(folder, Image), about.ImageBytes);
        Require(Path.Combine(folder, Mask), about.MaskBytes);
        return (about, file.Length + about.ImageBytes + about.MaskBytes);
    }

    /// <summary>Reads an example's folder.</summary>
    /// <exception cref="InvalidDataException">A file is missing or damaged.</exception>
    public static ExamplePicture Read(string folder, bool windowed)
    {
        using var image = OpenWithin(Path.Combine(folder, Image));
        using var mask = OpenWithin(Path.Combine(folder, Mask));
        return Decode(image, mask, windowed);
    }

    /// <exception cref="InvalidDataException">It is not an example's JSON.</exception>
    public static T Parse<T>(Stream stream)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(stream) ?? throw new InvalidDataException($"{About} is empty");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{About} is not what it should be", error);
        }
    }

    /// <exception cref="InvalidDataException">They are no pictures, or none of an example.</exception>
    public static ExamplePicture Decode(Stream imageFile, Stream maskFile, bool windowed)
    {
        PngImage image, mask;
        try
        {
            (image, mask) = (PngFile.Read(imageFile, Limits), PngFile.Read(maskFile, Limits));
        }
        catch (VolumeFormatException error)
        {
            throw new InvalidDataException(error.Message, error);
        }

        if (image is not { Channels: 1, BitsPerSample: 16 } || mask is not { Channels: 1, BitsPerSample: 8 })
        {
            throw new InvalidDataException($"{Image} must be grey of 16 bits and {Mask} grey of 8 bits or fewer");
        }

        if (Math.Max(image.Width, image.Height) > ExamplePicture.MaxSide || (image.Width, image.Height) != (mask.Width, mask.Height))
        {
            throw new InvalidDataException(
                $"{Image} and {Mask} must be of one size up to {ExamplePicture.MaxSide} pixels, got {image.Width}×{image.Height} and {mask.Width}×{mask.Height}");
        }

        var inside = Array.ConvertAll(mask.Samples.ToArray(), value => value >= Half ? (byte)1 : (byte)0);
        return inside.AsSpan().Contains((byte)1)
            ? new ExamplePicture(image.Height, image.Width, GreyOf(image.Samples.Span), inside, windowed)
            : throw new InvalidDataException($"{Mask} is empty: values of {Half} and more are inside");
    }

    private static void WriteImage(Stream stream, ExamplePicture picture) =>
        PngFile.WriteGrey16(stream, picture.Columns, picture.Rows, picture.Grey.Span);

    private static void WriteMask(Stream stream, ExamplePicture picture) =>
        PngFile.Write(stream, picture.Columns, picture.Rows, Whitened(picture.Mask.Span));

    private static ushort[] GreyOf(ReadOnlySpan<byte> samples)
    {
        var grey = MemoryMarshal.Cast<byte, ushort>(samples).ToArray();
        if (!BitConverter.IsLittleEndian)
        {
            System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(grey, grey);
        }

        return grey;
    }

    private static byte[] Whitened(ReadOnlySpan<byte> mask)
    {
        var white = new byte[mask.Length];
        for (var n = 0; n < mask.Length; n++)
        {
            white[n] = mask[n] == 0 ? (byte)0 : Inside;
        }

        return white;
    }

    private static void Require(string path, long length)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.Length != length)
        {
            throw new InvalidDataException($"{file.Name} must have {length} bytes, {(file.Exists ? $"got {file.Length}" : "it is missing")}");
        }
    }

    private static FileStream OpenWithin(string path)
    {
        try
        {
            var stream = File.OpenRead(path);
            if (stream.Length <= MaxFileBytes)
            {
                return stream;
            }

            stream.Dispose();
            throw new InvalidDataException($"{Path.GetFileName(path)} is too large for an example");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidDataException($"{Path.GetFileName(path)} is missing", error);
        }
    }
}
