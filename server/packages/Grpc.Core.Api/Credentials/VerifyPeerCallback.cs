namespace Grpc.Core;

/// <summary>Says whether the server at the other end is accepted.</summary>
public delegate bool VerifyPeerCallback(VerifyPeerContext context);
