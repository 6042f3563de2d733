namespace SegBridge.Sessions.Segments;

/// <summary>What a user may set of a segment.</summary>
/// <param name="Id">1..64 characters of A-Z a-z 0-9 . _ -.</param>
/// <param name="Name">For people, at most 100 characters.</param>
/// <param name="Color">0xRRGGBB; 0 keeps the colour that it has, and of a new segment lets the session choose.</param>
/// <param name="Terminology">Coded terminology, at most 200 characters.</param>
/// <param name="AllowOverlap">May overlap other segments; otherwise their voxels are left alone.</param>
/// <param name="Locked">No step changes it.</param>
public sealed record SegmentSettings(string Id, string Name, uint Color, string Terminology, bool AllowOverlap, bool Locked);
