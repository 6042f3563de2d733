"""Networks, prompt simulation, training, evaluation and export of the SegBridge models."""
