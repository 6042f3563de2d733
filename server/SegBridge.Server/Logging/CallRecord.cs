using Microsoft.AspNetCore.Http;

namespace SegBridge.Server.Logging;

/// <summary>What is known of a call for its line in the log, gathered while it runs.</summary>
internal sealed class CallRecord
{
    private static readonly object Key = new();
    private long _bytesIn;
    private long _bytesOut;

    /// <summary>The session named by the request, shortened; "-" when it names none.</summary>
    public string Session { get; set; } = "-";

    /// <summary>Whether the call's request could be read and its service was entered.</summary>
    public bool Entered { get; set; }

    /// <summary>Bytes of messages received and sent, before framing and encryption.</summary>
    public long BytesIn => Interlocked.Read(ref _bytesIn);

    public long BytesOut => Interlocked.Read(ref _bytesOut);

    public static CallRecord Of(HttpContext context)
    {
        if (context.Items.TryGetValue(Key, out var existing))
        {
            return (CallRecord)existing!;
        }

        var record = new CallRecord();
        context.Items[Key] = record;
        return record;
    }

    public void Received(int bytes) => Interlocked.Add(ref _bytesIn, bytes);

    public void Sent(int bytes) => Interlocked.Add(ref _bytesOut, bytes);
}
