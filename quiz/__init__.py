"""Interview preparation in the terminal: predict, run the demo, compare."""

__version__ = "0.1.0"
