namespace Grpc.Core;

/// <summary>The status codes of the gRPC protocol.</summary>
public enum StatusCode
{
    /// <summary>Success.</summary>
    OK = 0,

    /// <summary>The caller cancelled.</summary>
    Cancelled = 1,

    /// <summary>An error of no known kind.</summary>
    Unknown = 2,

    /// <summary>The request is wrong whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed.</summary>
    DeadlineExceeded = 4,

    /// <summary>What was asked for does not exist.</summary>
    NotFound = 5,

    /// <summary>What was to be made exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A limit is reached.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state that the call needs.</summary>
    FailedPrecondition = 9,

    /// <summary>The call was aborted, as by a conflict.</summary>
    Aborted = 10,

    /// <summary>Past a valid range.</summary>
    OutOfRange = 11,

    /// <summary>The method is not implemented.</summary>
    Unimplemented = 12,

    /// <summary>A broken invariant.</summary>
    Internal = 13,

    /// <summary>The service cannot be reached now; trying again may help.</summary>
    Unavailable = 14,

    /// <summary>Data is lost or corrupted for good.</summary>
    DataLoss = 15,

    /// <summary>Credentials are missing or not valid.</summary>
    Unauthenticated = 16,
}
