"""The module panel: one file per group of the form, and the tools that draw on slice views. No network, no masks."""
