using Microsoft.AspNetCore.Http;

namespace SegBridge.Server.Doors.Frame;

/// <summary>
/// The calls of a door by method and path. A part of a pattern in braces stands for one part of a path: "/infer/{model}". A
/// slash at the end of a path counts for nothing.
/// </summary>
internal sealed class DoorRoutes
{
    private readonly List<DoorRoute> _routes = [];

    /// <param name="method">GET, POST …</param>
    /// <param name="pattern">Without the prefix of a user.</param>
    /// <param name="handler">Answers.</param>
    /// <param name="needsKey">False: answered to everybody, also where keys are asked for.</param>
    public void Map(string method, string pattern, Func<DoorCall, Task> handler, bool needsKey = true) =>
        _routes.Add(new DoorRoute(method, pattern, Parts(pattern), handler, needsKey));

    public void MapGet(string pattern, Func<DoorCall, Task> handler, bool needsKey = true) => Map(HttpMethods.Get, pattern, handler, needsKey);

    public void MapPost(string pattern, Func<DoorCall, Task> handler, bool needsKey = true) => Map(HttpMethods.Post, pattern, handler, needsKey);

    /// <summary>
    /// The call that a request means, and what stands in the place of its braces; null when there is none. HEAD is GET, of
    /// which the server sends no body.
    /// </summary>
    public (DoorRoute Route, IReadOnlyDictionary<string, string> Values)? Find(string method, string path)
    {
        var parts = Parts(path);
        method = HttpMethods.IsHead(method) ? HttpMethods.Get : method;
        foreach (var route in _routes)
        {
            if (route.Method == method && route.Match(parts) is { } values)
            {
                return (route, values);
            }
        }

        return null;
    }

    /// <summary>The methods of the calls at a path.</summary>
    public string[] MethodsOf(string path) => [.. _routes.Where(route => route.Match(Parts(path)) is not null).Select(route => route.Method).Distinct()];

    private static string[] Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>One call of a door.</summary>
internal sealed record DoorRoute(string Method, string Pattern, string[] Parts, Func<DoorCall, Task> Handler, bool NeedsKey)
{
    /// <summary>What stands in the place of the braces; null when the path is another.</summary>
    public IReadOnlyDictionary<string, string>? Match(string[] path)
    {
        if (path.Length != Parts.Length)
        {
            return null;
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var n = 0; n < path.Length; n++)
        {
            if (Parts[n][0] == '{')
            {
                values[Parts[n][1..^1]] = path[n];
            }
            else if (!Parts[n].Equals(path[n], StringComparison.Ordinal))
            {
                return null;
            }
        }

        return values;
    }
}
