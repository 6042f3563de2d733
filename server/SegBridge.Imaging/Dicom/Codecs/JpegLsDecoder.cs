using System.Runtime.InteropServices;
using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom;

/// <summary>JPEG-LS, lossless and near-lossless, by the CharLS library of the system.</summary>
internal static unsafe partial class JpegLsDecoder
{
    private const string Library = "libcharls.so.2";

    [StructLayout(LayoutKind.Sequential)]
    private struct FrameInfo
    {
        public uint Width;
        public uint Height;
        public int BitsPerSample;
        public int ComponentCount;
    }

    public static void Decode(ReadOnlySpan<byte> compressed, FrameShape shape, Span<byte> destination)
    {
        try
        {
            DecodeByLibrary(compressed, shape, destination);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new VolumeFormatException($"pixels in JPEG-LS need the CharLS library ({Library}), which is not installed here", e);
        }
    }

    private static void DecodeByLibrary(ReadOnlySpan<byte> compressed, FrameShape shape, Span<byte> destination)
    {
        var decoder = charls_jpegls_decoder_create();
        try
        {
            fixed (byte* source = compressed)
            {
                Require(charls_jpegls_decoder_set_source_buffer(decoder, source, (nuint)compressed.Length));
                Require(charls_jpegls_decoder_read_header(decoder));
                Require(charls_jpegls_decoder_get_frame_info(decoder, out var info));
                Require(charls_jpegls_decoder_get_interleave_mode(decoder, out var interleave));
                shape.Require(info.Height, info.Width, info.ComponentCount, info.BitsPerSample, "JPEG-LS");
                Require(charls_jpegls_decoder_get_destination_size(decoder, 0, out var size));
                var sampleBytes = info.BitsPerSample > 8 ? 2 : 1;
                if (size != (nuint)((long)shape.Rows * shape.Columns * shape.Samples * sampleBytes))
                {
                    throw new VolumeFormatException($"the JPEG-LS frame does not decode to {shape.Columns}×{shape.Rows} pixels");
                }

                var decoded = sampleBytes == shape.SampleBytes && (interleave != 0 || shape.Samples == 1) ? destination : new byte[(int)size];
                fixed (byte* target = decoded)
                {
                    Require(charls_jpegls_decoder_decode_to_buffer(decoder, target, size, 0));
                }

                if (interleave == 0 && shape.Samples > 1)
                {
                    var pixels = new byte[decoded.Length];
                    NativeFrames.Interleave(decoded, shape.Samples, sampleBytes, pixels);
                    decoded = pixels;
                }

                Widen(decoded, sampleBytes, shape.SampleBytes, destination);
            }
        }
        finally
        {
            charls_jpegls_decoder_destroy(decoder);
        }
    }

    private static void Widen(ReadOnlySpan<byte> decoded, int from, int to, Span<byte> destination)
    {
        if (from == to)
        {
            // Where it was decoded in place already this copies nothing.
            decoded.CopyTo(destination);
            return;
        }

        destination.Clear();
        for (var n = 0; n < decoded.Length; n++)
        {
            destination[(n / from * to) + (n % from)] = decoded[n];
        }
    }

    private static void Require(int error)
    {
        if (error != 0)
        {
            throw new VolumeFormatException($"the JPEG-LS frame is corrupt or cut off (CharLS error {error})");
        }
    }

    [LibraryImport(Library)]
    private static partial nint charls_jpegls_decoder_create();

    [LibraryImport(Library)]
    private static partial void charls_jpegls_decoder_destroy(nint decoder);

    [LibraryImport(Library)]
    private static partial int charls_jpegls_decoder_set_source_buffer(nint decoder, byte* source, nuint size);

    [LibraryImport(Library)]
    private static partial int charls_jpegls_decoder_read_header(nint decoder);

    [LibraryImport(Library)]
    private static partial int charls_jpegls_decoder_get_frame_info(nint decoder, out FrameInfo info);

    [LibraryImport(Library)]
    private static partial int charls_jpegls_decoder_get_interleave_mode(nint decoder, out int mode);

    [LibraryImport(Library)]
    private static partial int charls_jpegls_decoder_get_destination_size(nint decoder, uint stride, out nuint size);

    [LibraryImport(Library)]
    private static partial int charls_jpegls_decoder_decode_to_buffer(nint decoder, byte* destination, nuint size, uint stride);
}
