"""Search: the page that says most about a word comes before those that mention it.

Sphinx's search ranks a word of a title above one of the text, and all pages with it in the text alike. So a word
also counts as one of the title of the pages that use it most, by far more than most others do.
"""

from collections import Counter
from functools import cache

from docutils import nodes

LEAST = 4  # uses of a word on a page that can be about it
NEAR = 0.6  # of the most uses on one page: what as many uses make is about it too


def pages_about(uses: dict[str, int]) -> list[str]:
    """The pages that use a word often, given the uses on each: the first of them, and who comes near it."""
    most = max(uses.values())
    return [page for page, times in uses.items() if times >= max(LEAST, NEAR * most)]


def uses_of_words(doctree, stem) -> Counter:
    """How often each stem stands in a page's text."""
    texts = (text for text in doctree.findall(nodes.Text) if not isinstance(text.parent, nodes.raw))
    return Counter(stem(word) for text in texts for word in text.replace("_", " ").split())


def promote(app):
    """Put the pages about a word beside those that have it in their titles, just before Sphinx writes the index."""
    indexer = getattr(app.builder, "indexer", None)
    if indexer is None or app.builder.format != "html":
        return []

    @cache  # most words of a book have been there before
    def stem(word):
        parts = indexer.lang.split(word)
        return indexer.lang.stem(parts[0].lower()).lower() if parts else ""

    uses = {}
    for page in sorted(app.env.found_docs):
        for word, times in uses_of_words(app.env.get_doctree(page), stem).items():
            uses.setdefault(word, {})[page] = times
    uses.pop("", None)  # what is no word
    for word, on_pages in uses.items():
        known = indexer._mapping.get(word, ())
        indexer._title_mapping.setdefault(word, set()).update(set(pages_about(on_pages)) & set(known))
    for word in [word for word, found in indexer._title_mapping.items() if not found]:
        del indexer._title_mapping[word]
    return []


def setup(app) -> None:
    """Connect to Sphinx."""
    app.connect("html-collect-pages", promote)
