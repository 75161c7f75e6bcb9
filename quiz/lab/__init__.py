"""Demos run for the app, in a process of their own."""
