namespace SegBridge.Compression;

/// <summary>A library of the operating system is needed and not installed.</summary>
public sealed class MissingLibraryException : Exception
{
    internal MissingLibraryException(string what, string library, string package, Exception cause)
        : base($"this server cannot read {what}: its machine lacks {library}; the operator can install it (Debian: apt-get install {package})", cause)
    {
    }
}
