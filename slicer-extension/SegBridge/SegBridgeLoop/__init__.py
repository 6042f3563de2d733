"""The interactive loop: a server, a volume, prompts, masks. ``logic.SegBridgeLogic`` is the way in."""
