using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SegBridge.Imaging.Geometry;
using SegBridge.Sessions;

namespace SegBridge.Server.Doors.Monai;

/// <summary>An image that is worked on: its session, and its labels. One call at a time has it.</summary>
internal sealed class OpenImage(Session session)
{
    private const int MaxTrails = 200;

    private readonly List<LabelTrail> _trails = [];

    public Session Session { get; } = session;

    /// <summary>Who has it.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    /// <summary>The segment of a label. With 2D models each slice has its own, for clients ask for one slice at a time.</summary>
    public LabelTrail TrailOf(string label, SlicePlane? slice)
    {
        // A label may have any name, a segment's id may not.
        var name = string.Create(CultureInfo.InvariantCulture, $"{slice?.Index ?? -1} {label}");
        var id = "label-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));
        var trail = _trails.Find(trail => trail.SegmentId == id);
        if (trail is not null)
        {
            _trails.Remove(trail);
        }
        else if (_trails.Count == MaxTrails)
        {
            Session.RemoveSegment(_trails[0].SegmentId);
            _trails.RemoveAt(0);
        }

        // The one that was used last comes last.
        _trails.Add(trail ??= new LabelTrail(Session, id, label.Length > 100 ? label[..100] : label));
        return trail;
    }
}
