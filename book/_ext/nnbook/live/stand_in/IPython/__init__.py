"""What a page's cells, and nnlib, ask of IPython: to display. All of IPython would be five megabytes to load for it."""

version_info = (8, 0, 0)  # Matplotlib asks which it is, and then for a shell


def get_ipython() -> None:
    """No shell of IPython runs here."""
