"""What can't be done, said in one line."""


class Refusal(Exception):
    """One line for the reader, naming what to do instead; the command ends with status 2."""
