namespace SegBridge.Server.Hosting;

/// <summary>A setting with which no server can start; the message says which and what would be right.</summary>
public sealed class ServerConfigurationException : Exception
{
    public ServerConfigurationException(string message)
        : base(message)
    {
    }

    public ServerConfigurationException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
