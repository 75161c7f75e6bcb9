"""Executable evidence: one NumPy demo a file, and the kernels they share in `demos.ops`."""
