"""What to ask, and what happened. Nothing here prints or touches the terminal."""
