using System.Collections.Immutable;

namespace SegBridge.Sessions.Tasks.Disk;

/// <summary>A task in the store's list. Immutable: a change is another one.</summary>
/// <param name="Id">32 hexadecimal characters, the name of its folder.</param>
/// <param name="About">Name and owner.</param>
/// <param name="Examples">In the order in which they were added.</param>
internal sealed record StoredTask(string Id, TaskAbout About, ImmutableList<StoredExample> Examples)
{
    public long Bytes => Examples.Sum(example => example.Bytes);

    public static ImmutableList<StoredExample> Ordered(IEnumerable<StoredExample> examples) =>
        [.. examples.OrderBy(example => example.Created).ThenBy(example => example.Id, StringComparer.Ordinal)];

    public StoredExample? Find(string exampleId) => Examples.Find(example => example.Id == exampleId);

    public TaskInfo InfoFor(TaskUser user) => new(Id, About.Name, Examples.Count, user.MayChange(About.Owner));
}
