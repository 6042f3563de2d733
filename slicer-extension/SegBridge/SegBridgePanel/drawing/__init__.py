"""Tools that draw prompts on slice views."""
