using System.IO.Compression;

namespace Grpc.Net.Compression;

/// <summary>One message encoding.</summary>
public interface ICompressionProvider
{
    /// <summary>The name in the grpc-encoding header.</summary>
    string EncodingName { get; }

    /// <summary>A stream that compresses what is written to it; a null level means the provider's own.</summary>
    Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel);

    /// <summary>A stream from which the decompressed bytes are read.</summary>
    Stream CreateDecompressionStream(Stream stream);
}
