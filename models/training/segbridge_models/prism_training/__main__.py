"""Command line entry of ``python -m segbridge_models.prism_training``."""

from .run import main

raise SystemExit(main())
