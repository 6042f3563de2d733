namespace SegBridge.Sessions.Bricks;

/// <summary>Outcome of storing bricks.</summary>
/// <param name="Stored">Bricks stored by this call.</param>
/// <param name="Held">Bricks held by the session now.</param>
/// <param name="HeldBytes">Their decoded bytes.</param>
public sealed record BricksHeld(int Stored, int Held, long HeldBytes);
