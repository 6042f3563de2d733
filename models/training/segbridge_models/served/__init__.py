"""What the shipped bundles reach through a real server: ``python -m segbridge_models.served``.

Needs nothing but Python's own library; ``segbridge evaluate`` does the measuring.
"""
