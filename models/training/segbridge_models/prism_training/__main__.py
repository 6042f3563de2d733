"""``python -m segbridge_models.prism_training`` is the training command of all families."""

from ..train import main

raise SystemExit(main())
