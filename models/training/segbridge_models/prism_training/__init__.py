"""Training and evaluation of PRISM networks on volumes: ``python -m segbridge_models.prism_training``."""
