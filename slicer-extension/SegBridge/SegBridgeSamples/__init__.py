"""A made CT to try the extension on: sample data, self-test and tutorial use it."""
