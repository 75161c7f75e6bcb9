"""Model in, Rich renderables out. Only `keys` touches the terminal."""
