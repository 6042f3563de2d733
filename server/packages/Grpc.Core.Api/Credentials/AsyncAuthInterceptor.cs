namespace Grpc.Core;

/// <summary>Adds authentication headers to <paramref name="metadata"/> before a call is sent.</summary>
public delegate Task AsyncAuthInterceptor(AuthInterceptorContext context, Metadata metadata);
