namespace SegBridge.Imaging.Dicom.Web;

/// <summary>What is asked of an archive.</summary>
/// <param name="Path">Below the archive's address, with its query.</param>
/// <param name="Accept">The forms of answer, the best first.</param>
/// <param name="Content">Null: GET. Else the body of a POST, made anew for each attempt; it calls its argument as it gets on.</param>
internal sealed record DicomWebRequest(string Path, string Accept, Func<Action, HttpContent>? Content = null)
{
    /// <summary>A status besides 2xx whose answer is worth reading.</summary>
    public int? AlsoRead { get; init; }
}
