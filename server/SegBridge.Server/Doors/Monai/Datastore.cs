using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using SegBridge.Server.Doors.Frame;
using SegBridge.Server.Hosting;

namespace SegBridge.Server.Doors.Monai;

/// <summary>
/// Images and their labels by id, shared by all who may use the door. Files are found by the ids that they were put in
/// under, and by nothing else: an id is never a path. Thread-safe.
/// </summary>
internal sealed class Datastore
{
    /// <summary>The tag of labels that a user calls finished.</summary>
    public const string Final = "final";

    private const string NameKey = "name";

    // Escaped, it becomes the name of a file.
    private const int MaxId = 200;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly IFileShelf _shelf;
    private readonly TimeProvider _clock;

    public Datastore(MonaiSettings settings, UploadBudget budget, TimeProvider clock)
    {
        _clock = clock;
        _shelf = settings.Folder is { } folder ? new FolderShelf(folder) : new MemoryShelf(budget);
        foreach (var (image, tag, file) in _shelf.Found.Where(found => found.Image.Length > 0))
        {
            file.Info.TryAdd(NameKey, MonaiReply.FileNameOf(image, file.Extension));
            if (tag is null)
            {
                _entries[image] = new Entry(file);
            }
            else if (_entries.TryGetValue(image, out var entry))
            {
                entry.Labels[tag] = file;
            }
        }
    }

    /// <summary>Images, images with a final label, and labels by tag.</summary>
    public JsonObject Statistics
    {
        get
        {
            lock (_gate)
            {
                var tags = _entries.Values.SelectMany(entry => entry.Labels.Keys).CountBy(tag => tag).OrderBy(tag => tag.Key, StringComparer.Ordinal);
                return new JsonObject
                {
                    ["total"] = _entries.Count,
                    ["completed"] = _entries.Values.Count(entry => entry.IsFinished),
                    ["label_tags"] = new JsonObject(tags.Select(tag => KeyValuePair.Create(tag.Key, (JsonNode?)tag.Value))),
                };
            }
        }
    }

    /// <summary>Everything that is known, in MONAI Label's form.</summary>
    public JsonObject Everything
    {
        get
        {
            lock (_gate)
            {
                return Describe();
            }
        }
    }

    /// <summary>The images that have a final label.</summary>
    public IReadOnlyList<FinishedImage> Finished
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries.Where(entry => entry.Value.IsFinished).Select(entry => new FinishedImage(entry.Key, entry.Value.Image, entry.Value.Labels[Final]))];
            }
        }
    }

    /// <summary>An image without a final label, one of those that were handed out least often; null when none is left.</summary>
    public (string Image, StoredFile File)? Next()
    {
        lock (_gate)
        {
            var open = _entries.Where(entry => !entry.Value.IsFinished).ToList();
            if (open.Count == 0)
            {
                return null;
            }

            var least = open.Min(entry => entry.Value.HandedOut);
            var candidates = open.FindAll(entry => entry.Value.HandedOut == least);
            var (image, chosen) = candidates[Random.Shared.Next(candidates.Count)];
            chosen.HandedOut++;
            return (image, chosen.Image);
        }
    }

    public StoredFile? FindImage(string image)
    {
        lock (_gate)
        {
            return _entries.GetValueOrDefault(image)?.Image;
        }
    }

    /// <exception cref="DoorException">There is none: 404.</exception>
    public StoredFile RequireImage(string image) =>
        FindImage(image) ?? throw new DoorException(StatusCodes.Status404NotFound, "there is no such image in the datastore; upload it first");

    /// <exception cref="DoorException">There is none: 404.</exception>
    public StoredFile RequireLabel(string image, string tag)
    {
        lock (_gate)
        {
            return _entries.GetValueOrDefault(image)?.Labels.GetValueOrDefault(tag)
                ?? throw new DoorException(StatusCodes.Status404NotFound, "there is no such label in the datastore");
        }
    }

    /// <summary>Keeps an image; one that was there under this id goes, with its labels.</summary>
    public void PutImage(string image, UploadedFile file, JsonObject info)
    {
        RequireId(image);
        lock (_gate)
        {
            // What is there goes when the other one is kept: a disk may be full.
            var former = _entries.GetValueOrDefault(image);
            var kept = _shelf.Put(image, null, file, Told(image, file, info), former?.Image);
            _entries[image] = new Entry(kept);
            former?.Labels.Values.ToList().ForEach(label => label.Remove());

            Save();
        }
    }

    /// <summary>Keeps a label of an image; one that was there under this tag goes.</summary>
    public void PutLabel(string image, string tag, UploadedFile file, JsonObject info)
    {
        RequireId(tag);
        lock (_gate)
        {
            if (!_entries.TryGetValue(image, out var entry))
            {
                RequireImage(image);
                return;
            }

            entry.Labels[tag] = _shelf.Put(image, tag, file, Told(image, file, info), entry.Labels.GetValueOrDefault(tag));
            Save();
        }
    }

    public void RemoveImage(string image)
    {
        lock (_gate)
        {
            Drop(image);
            Save();
        }
    }

    public void RemoveLabel(string image, string tag)
    {
        lock (_gate)
        {
            if (_entries.GetValueOrDefault(image)?.Labels.Remove(tag, out var label) == true)
            {
                label.Remove();
                Save();
            }
        }
    }

    /// <summary>Keeps what a client says of a file, besides what was said of it before.</summary>
    /// <exception cref="DoorException">It is too much: 413.</exception>
    public void Describe(StoredFile file, JsonObject more)
    {
        lock (_gate)
        {
            file.Describe(more);
            Save();
        }
    }

    // Clients look for the file's name, and show since when it is there.
    private JsonObject Told(string image, UploadedFile file, JsonObject info)
    {
        info["ts"] = _clock.GetUtcNow().ToUnixTimeSeconds();
        info[NameKey] = MonaiReply.FileNameOf(image, file.Extension);
        return info;
    }

    private static void RequireId(string id)
    {
        if (id.Length == 0 || Uri.EscapeDataString(id).Length > MaxId)
        {
            throw new DoorException(StatusCodes.Status400BadRequest, $"an id of an image or a tag must have 1 to {MaxId} characters, those that are escaped in an address counted as such");
        }
    }

    private void Drop(string image)
    {
        if (_entries.Remove(image, out var entry))
        {
            foreach (var file in entry.Labels.Values.Prepend(entry.Image))
            {
                file.Remove();
            }
        }
    }

    private void Save() => _shelf.Describe(Describe());

    private JsonObject Describe() => new()
    {
        ["name"] = "SegBridge",
        ["description"] = "Images and labels of this server",
        ["images_dir"] = ".",
        ["labels_dir"] = "labels",
        ["objects"] = new JsonObject(_entries.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)new JsonObject
        {
            ["image"] = DescriptionOf(entry.Value.Image),
            ["labels"] = new JsonObject(entry.Value.Labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)DescriptionOf(label.Value)))),
        }))),
    };

    private static JsonObject DescriptionOf(StoredFile file) => new() { ["ext"] = file.Extension, ["info"] = file.Info.DeepClone() };

    private sealed record Entry(StoredFile Image)
    {
        public SortedDictionary<string, StoredFile> Labels { get; } = new(StringComparer.Ordinal);

        public int HandedOut { get; set; }

        public bool IsFinished => Labels.ContainsKey(Final);
    }
}
