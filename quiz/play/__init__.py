"""The loops that tie a session, the laboratory and a screen together."""
