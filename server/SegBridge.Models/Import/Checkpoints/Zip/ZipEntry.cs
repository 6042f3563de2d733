namespace SegBridge.Models.Import.Checkpoints.Zip;

/// <summary>A file in a zip file as its directory describes it.</summary>
/// <param name="Name">With '/' between folders.</param>
/// <param name="Header">Position of the entry's local header.</param>
/// <param name="Size">Bytes after unpacking.</param>
/// <param name="StoredSize">Bytes in the zip file.</param>
/// <param name="Crc">CRC-32 of the content.</param>
/// <param name="Plain">Neither compressed nor encrypted.</param>
internal sealed record ZipEntry(string Name, long Header, long Size, long StoredSize, uint Crc, bool Plain);
