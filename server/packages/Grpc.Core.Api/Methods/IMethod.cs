namespace Grpc.Core;

/// <summary>A method of a service, without its message types.</summary>
public interface IMethod
{
    /// <summary>Which sides stream.</summary>
    MethodType Type { get; }

    /// <summary>Full name of the service, with its package.</summary>
    string ServiceName { get; }

    /// <summary>Name of the method alone.</summary>
    string Name { get; }

    /// <summary>"/service/method", as sent.</summary>
    string FullName { get; }
}
