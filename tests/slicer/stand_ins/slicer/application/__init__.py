"""The application around the scene: views, modules, settings."""
