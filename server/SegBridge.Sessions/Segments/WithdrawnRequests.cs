namespace SegBridge.Sessions.Segments;

/// <summary>The requests that a client withdrew last, so that one that is still on its way finds itself withdrawn.</summary>
internal sealed class WithdrawnRequests
{
    // A request overtaken by a thousand withdrawals does not come any more.
    private const int Remembered = 1000;

    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public void Add(IEnumerable<string> requestIds)
    {
        foreach (var id in requestIds.Where(_ids.Add))
        {
            _order.Enqueue(id);
            if (_order.Count > Remembered)
            {
                _ids.Remove(_order.Dequeue());
            }
        }
    }

    public bool Contains(string? requestId) => requestId is not null && _ids.Contains(requestId);
}
