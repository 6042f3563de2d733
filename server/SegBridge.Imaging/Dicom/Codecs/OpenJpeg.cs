using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SegBridge.Imaging.Formats;

namespace SegBridge.Imaging.Dicom;

/// <summary>The part of OpenJPEG's C interface (version 2) that decodes one code stream in memory.</summary>
internal static unsafe partial class OpenJpeg
{
    public const string Library = "libopenjp2.so.7";

    private const int RawCodeStream = 0;
    // The parameters of the library are some 8.3 KB, most of it room for file names.
    private const int ParameterBytes = 16 << 10;
    private const int StreamBufferBytes = 64 << 10;

    private struct Source
    {
        public byte* Bytes;
        public long Length;
        public long Position;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Image
    {
        public uint Left, Top, Right, Bottom, ComponentCount;
        public int ColourSpace;
        public Component* Components;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Component
    {
        public uint StepX, StepY, Width, Height, Left, Top, Precision, BitsPerPixel, IsSigned, Resolutions, Factor;
        public int* Data;
        public ushort Alpha;
    }

    /// <summary>Decodes a code stream whose header is known to fit the shape.</summary>
    public static void Decode(ReadOnlySpan<byte> codeStream, FrameShape shape, Span<byte> destination)
    {
        nint codec = 0, stream = 0;
        Image* image = null;
        fixed (byte* bytes = codeStream)
        {
            var source = new Source { Bytes = bytes, Length = codeStream.Length };
            try
            {
                codec = opj_create_decompress(RawCodeStream);
                stream = opj_stream_create(StreamBufferBytes, 1);
                if (codec == 0 || stream == 0)
                {
                    throw new VolumeFormatException("OpenJPEG has no memory left");
                }

                var parameters = stackalloc byte[ParameterBytes];
                opj_set_default_decoder_parameters(parameters);
                opj_stream_set_user_data(stream, &source, 0);
                opj_stream_set_user_data_length(stream, (ulong)codeStream.Length);
                opj_stream_set_read_function(stream, &Read);
                opj_stream_set_skip_function(stream, &Skip);
                opj_stream_set_seek_function(stream, &Seek);
                if (opj_setup_decoder(codec, parameters) == 0
                    || opj_read_header(stream, codec, &image) == 0
                    || opj_decode(codec, stream, image) == 0)
                {
                    throw new VolumeFormatException("the JPEG 2000 frame is corrupt or cut off");
                }

                Store(image, shape, destination);
            }
            finally
            {
                if (image is not null)
                {
                    opj_image_destroy(image);
                }

                if (stream != 0)
                {
                    opj_stream_destroy(stream);
                }

                if (codec != 0)
                {
                    opj_destroy_codec(codec);
                }
            }
        }
    }

    /// <summary>Writes the low bits of each sample, signed or not as the dataset says, whatever the code stream says.</summary>
    private static void Store(Image* image, FrameShape shape, Span<byte> destination)
    {
        var (count, bytes) = (shape.Rows * shape.Columns, shape.SampleBytes);
        for (var sample = 0; sample < shape.Samples; sample++)
        {
            if (sample >= image->ComponentCount)
            {
                throw new VolumeFormatException("the JPEG 2000 frame is corrupt: samples are missing");
            }

            var component = image->Components[sample];
            if (component.Data is null || component.Width != shape.Columns || component.Height != shape.Rows)
            {
                throw new VolumeFormatException("the JPEG 2000 frame is corrupt: it does not decode to the size it declares");
            }

            var unused = 32 - (int)Math.Clamp(component.Precision, 1, 32);
            for (var n = 0; n < count; n++)
            {
                var shifted = component.Data[n] << unused;
                var value = shape.IsSigned ? shifted >> unused : (int)((uint)shifted >> unused);
                var at = ((n * shape.Samples) + sample) * bytes;
                for (var part = 0; part < bytes; part++, value >>= 8)
                {
                    destination[at + part] = (byte)value;
                }
            }
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nuint Read(void* buffer, nuint count, void* user)
    {
        var source = (Source*)user;
        var left = source->Length - source->Position;
        if (left <= 0)
        {
            return nuint.MaxValue;
        }

        var read = (long)Math.Min(count, (ulong)left);
        Buffer.MemoryCopy(source->Bytes + source->Position, buffer, read, read);
        source->Position += read;
        return (nuint)read;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Skip(long count, void* user)
    {
        var source = (Source*)user;
        if (count < 0)
        {
            return -1;
        }

        var skipped = Math.Min(count, source->Length - source->Position);
        source->Position += skipped;
        return skipped;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Seek(long position, void* user)
    {
        var source = (Source*)user;
        if (position < 0 || position > source->Length)
        {
            return 0;
        }

        source->Position = position;
        return 1;
    }

    [LibraryImport(Library)]
    private static partial nint opj_create_decompress(int format);

    [LibraryImport(Library)]
    private static partial void opj_destroy_codec(nint codec);

    [LibraryImport(Library)]
    private static partial void opj_set_default_decoder_parameters(void* parameters);

    [LibraryImport(Library)]
    private static partial int opj_setup_decoder(nint codec, void* parameters);

    [LibraryImport(Library)]
    private static partial nint opj_stream_create(nuint bufferBytes, int isInput);

    [LibraryImport(Library)]
    private static partial void opj_stream_destroy(nint stream);

    [LibraryImport(Library)]
    private static partial void opj_stream_set_user_data(nint stream, void* data, nint free);

    [LibraryImport(Library)]
    private static partial void opj_stream_set_user_data_length(nint stream, ulong length);

    [LibraryImport(Library)]
    private static partial void opj_stream_set_read_function(nint stream, delegate* unmanaged[Cdecl]<void*, nuint, void*, nuint> read);

    [LibraryImport(Library)]
    private static partial void opj_stream_set_skip_function(nint stream, delegate* unmanaged[Cdecl]<long, void*, long> skip);

    [LibraryImport(Library)]
    private static partial void opj_stream_set_seek_function(nint stream, delegate* unmanaged[Cdecl]<long, void*, int> seek);

    [LibraryImport(Library)]
    private static partial int opj_read_header(nint stream, nint codec, Image** image);

    [LibraryImport(Library)]
    private static partial int opj_decode(nint codec, nint stream, Image* image);

    [LibraryImport(Library)]
    private static partial void opj_image_destroy(Image* image);
}
