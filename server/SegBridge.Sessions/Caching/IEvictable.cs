namespace SegBridge.Sessions.Caching;

/// <summary>Holds memory that it gives up when it is needed for anything else. Thread-safe.</summary>
internal interface IEvictable
{
    long BytesHeld { get; }

    /// <summary>Gives something up; false when there is nothing left to give.</summary>
    bool EvictSome();
}
