"""What the loop reads from and writes into the MRML scene. Main thread only; no network, no widgets."""
