"""Simulated user prompts: scribbles, clicks, boxes, and the protocols that combine them.

Masks are arrays of shape (H, W); positions are (row, column) unless a name says ``xy``.
All randomness comes from the ``numpy.random.Generator`` handed in.
"""
