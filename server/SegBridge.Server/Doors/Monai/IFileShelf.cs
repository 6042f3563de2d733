using System.Text.Json.Nodes;

namespace SegBridge.Server.Doors.Monai;

/// <summary>Where the files of a datastore lie.</summary>
internal interface IFileShelf
{
    /// <summary>The files that were there before the server started: image id, tag of a label or null for the image itself, file.</summary>
    IEnumerable<(string Image, string? Tag, StoredFile File)> Found { get; }

    /// <param name="former">What it takes the place of, which goes then; null: nothing.</param>
    /// <exception cref="Frame.DoorException">It cannot be kept; the former stays.</exception>
    /// <exception cref="Sessions.Errors.LimitExceededException">There is no memory for it; the former stays.</exception>
    StoredFile Put(string image, string? tag, UploadedFile file, JsonObject info, StoredFile? former);

    /// <summary>Keeps what the datastore says of itself.</summary>
    void Describe(JsonObject datastore);
}

/// <summary>Keeps files as long as the server runs, and none on disk.</summary>
internal sealed class MemoryShelf(UploadBudget budget) : IFileShelf
{
    public IEnumerable<(string Image, string? Tag, StoredFile File)> Found => [];

    public StoredFile Put(string image, string? tag, UploadedFile file, JsonObject info, StoredFile? former)
    {
        var share = budget.Take(file.Content.Length);
        former?.Remove();
        return new StoredFile(file.Extension, info, () => file.Content, share.Dispose);
    }

    public void Describe(JsonObject datastore)
    {
    }
}
