namespace SegBridge.Server.Services;

/// <summary>A request that names a session.</summary>
internal interface ISessionRequest
{
    string SessionId { get; }
}
