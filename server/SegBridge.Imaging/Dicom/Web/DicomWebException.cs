namespace SegBridge.Imaging.Dicom.Web;

/// <summary>Why an archive could not be used.</summary>
public enum DicomWebProblem
{
    /// <summary>No connection, an untrusted certificate, silence, or an archive that stays too busy.</summary>
    Unreachable,

    /// <summary>The archive wants credentials, or others, or these may not do it.</summary>
    CredentialsRefused,

    /// <summary>The archive has no such study, series or instance.</summary>
    NotFound,

    /// <summary>The archive has it in no form that was asked for.</summary>
    NotAcceptable,

    /// <summary>The archive refuses for a reason of its own, or does not speak this part of DICOMweb.</summary>
    Refused,

    /// <summary>An answer ended early, or is not what DICOMweb says that it must be.</summary>
    BadReply,

    /// <summary>More than the limits allow.</summary>
    TooLarge,

    /// <summary>Some instances of a series could not be fetched; <see cref="DicomWebException.Failures"/> names them.</summary>
    Incomplete,
}

/// <summary>An archive could not be used. The message holds neither identifiers nor anything that the archive wrote.</summary>
public sealed class DicomWebException(DicomWebProblem problem, string message, Exception? cause = null) : Exception(message, cause)
{
    public DicomWebProblem Problem { get; } = problem;

    /// <summary>The instances that are missing where a series is incomplete.</summary>
    public IReadOnlyList<InstanceFailure> Failures { get; init; } = [];

    /// <summary>Whether trying again may help.</summary>
    internal bool IsPassing { get; init; }

    /// <summary>When the archive wants to be asked again; null where it does not say.</summary>
    internal TimeSpan? RetryAfter { get; init; }
}

/// <summary>One instance that could not be fetched, and why.</summary>
public sealed record InstanceFailure(string SOPInstanceUID, string Reason);
