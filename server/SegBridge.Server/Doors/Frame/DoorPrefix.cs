namespace SegBridge.Server.Doors.Frame;

/// <summary>
/// What clients without a field for it put before the path, in the address of the server: <c>/u/KEY</c> says who calls (where no
/// keys are asked for, any name of one's own), <c>/m/MODEL</c> which model is meant. Both may be there, in any order.
/// </summary>
/// <param name="User">Null: not given.</param>
/// <param name="Model">Null: not given.</param>
/// <param name="Path">What follows; at least "/".</param>
internal sealed record DoorPrefix(string? User, string? Model, string Path)
{
    public static DoorPrefix Of(string path)
    {
        var prefix = new DoorPrefix(null, null, path);
        while (true)
        {
            var next = prefix switch
            {
                { User: null } when Take(prefix.Path, "/u/") is var (user, rest) => prefix with { User = user, Path = rest },
                { Model: null } when Take(prefix.Path, "/m/") is var (model, rest) => prefix with { Model = model, Path = rest },
                _ => prefix,
            };
            if (next == prefix)
            {
                return prefix;
            }

            prefix = next;
        }
    }

    private static (string Value, string After)? Take(string path, string lead)
    {
        if (!path.StartsWith(lead, StringComparison.Ordinal) || path.Length == lead.Length || path[lead.Length] == '/')
        {
            return null;
        }

        var end = path.IndexOf('/', lead.Length);
        return end < 0 ? (path[lead.Length..], "/") : (path[lead.Length..end], path[end..]);
    }
}
