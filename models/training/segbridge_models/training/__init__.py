"""What the trainings of all families share: run loop, log, progress, curves, data manifest."""
