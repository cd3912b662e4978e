"""Plotting: every figure has words, follows the theme, and is the same bytes each time."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nnlib import plotting, widgets

plt.switch_backend("agg")
ALT = 'A line that rises from 1 to 3, "steeply".'


def line():
    figure, ax = plotting.subplots()
    ax.plot([1, 2, 3], label="cost")
    ax.legend()
    ax.set_xlabel(r"$\eta$")
    return figure


def test_the_picture_carries_its_words_and_is_valid_xml():
    root = ET.fromstring(plotting.svg(line(), ALT))
    assert root.get("role") == "img" and root.get("aria-label") == ALT


def test_the_figure_is_closed_and_drawn_the_same_each_time():
    assert plotting.svg(line(), ALT) == plotting.svg(line(), ALT)
    assert plt.get_fignums() == []


def test_colours_with_a_meaning_follow_the_theme_and_keep_a_fallback():
    picture = plotting.svg(line(), ALT)
    assert f"var(--nnlib-forward, {plotting.FORWARD})" in picture
    assert f"var(--nnlib-ink, {plotting.INK})" in picture
    assert f": {plotting.FORWARD}" not in picture


def type_sizes(picture):
    """The sizes of all text in a picture, in 45ths of its width; that of an index counts with its letter."""
    width = float(re.search(r'viewBox="0 0 ([\d.]+)', picture)[1])
    return [100 * float(scale) * 45 / width for scale in re.findall(r"scale\(([\d.]+) -", picture)]


@pytest.mark.parametrize("width", [3, 6.4, 7.2, 12])
def test_all_type_is_large_enough_for_a_phone_and_what_is_larger_stays(width):
    figure, (ax, other) = plotting.subplots(1, 2, figsize=(width, 3))
    ax.plot([1, 2], [1, 3], label="cost")
    ax.legend(fontsize=6)
    ax.set_title("large", fontsize=36)
    ax.text(1, 1, "small", fontsize=5)
    other.loglog([1, 1e5], [1e-3, 1])
    other.tick_params(labelsize=4)
    sizes = type_sizes(plotting.svg(figure, ALT))
    assert len(sizes) > 12 and min(sizes) > 0.999
    assert max(sizes) == pytest.approx(max(1, 45 * 36 / 72 / width), rel=1e-3)


def test_ink_on_paper_is_marked_and_lets_the_paper_through():
    image = np.array([[0.0, 1.0, 0.0, 0.5]])
    for cmap, marked in ((plotting.INKED, 1), (plotting.BRIGHTNESS, 0)):
        picture = plotting.svg(plotting.images(image, cmap=cmap), ALT)
        assert picture.count('class="nnlib-inked"') == marked
    assert plotting.INKED(0.0)[3] == 0 and plotting.INKED(1.0)[3] == 1


@pytest.mark.parametrize(("cmap", "names"), [(plotting.WEIGHTS, {"muted", "parameter"}), (plotting.COUNTS, {"accent"})])
def test_cells_are_in_the_themes_colours_and_stand_as_an_array_does(cmap, names):
    figure, ax = plotting.subplots()
    mesh = plotting.cells(ax, np.array([[2.0, 0, -1], [0, 1, 2]]), cmap, top=2)
    assert ax.get_ylim() == (1.5, -0.5) and ax.get_xlim() == (-0.5, 2.5)
    colours = mesh.cmap(mesh.norm(mesh.get_array()))
    assert colours[0, 0, 3] == colours[1, 2, 3] == 1 and colours[0, 1, 3] < 0.03
    ax.axis("off")
    picture = plotting.svg(figure, ALT)
    filled = re.findall(r"fill: ([^;\"]+)", picture)
    assert {re.sub(r"var\(--nnlib-(\w+), .*", r"\1", colour) for colour in filled} - {"paper", "none"} == names


def test_two_pictures_on_one_page_share_no_id_and_every_reference_resolves():
    pictures = [plotting.svg(line(), ALT), plotting.svg(line(), "Another line that rises.")]
    ids = [set(re.findall(r'\bid="([^"]+)"', picture)) for picture in pictures]
    assert ids[0] and not ids[0] & ids[1]
    for picture, own in zip(pictures, ids, strict=True):
        assert set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', picture)) <= {(i, "") for i in own} | {
            ("", i) for i in own
        }


def test_no_style_leaks_from_the_picture_into_the_page():
    assert "<style" not in plotting.svg(line(), ALT)


@pytest.mark.parametrize("alt", ["", "figure", "A line that rises", "one two three."])
def test_a_figure_without_a_sentence_is_refused(alt):
    with pytest.raises(ValueError, match="expected a sentence"):
        plotting.svg(line(), alt)
    plt.close("all")


def test_show_displays_picture_and_words_in_one_bundle(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    plotting.show(line(), ALT)
    assert shown[0].keys() == {"image/svg+xml", "text/plain"} and shown[0]["text/plain"] == ALT


def test_images_are_drawn_one_for_each_row_with_its_caption():
    figure = plotting.images(np.random.default_rng(0).random((13, 64)), [str(i) for i in range(13)], columns=5)
    drawn = [ax for ax in figure.axes if ax.images]
    assert len(figure.axes) == 15 and [ax.get_title() for ax in drawn] == [str(i) for i in range(13)]
    assert drawn[0].images[0].get_array().shape == (8, 8) and drawn[0].images[0].get_clim() == (0, 1)
    plt.close(figure)


def test_signed_images_are_symmetric_about_zero():
    figure = plotting.images(np.array([[-2.0, 1, 0, 0]]), cmap=plotting.SIGNED)
    assert figure.axes[0].images[0].get_clim() == (-2, 2)
    below, middle, above = plotting.SIGNED([0.0, 0.5, 1.0])
    assert below[0] > below[2] and above[2] > above[0] and middle[3] < 0.01 < below[3] == above[3] == 1
    plt.close(figure)


@pytest.mark.parametrize("sizes", [[2, 2, 1], [784, 16, 16, 10]])
def test_a_network_is_drawn_with_all_its_neurons_or_an_ellipsis(sizes):
    figure = plotting.layers_diagram(sizes, ["layer"] * len(sizes))
    ax = figure.axes[0]
    assert [len(c.get_offsets()) for c in ax.collections] == [min(size, 14 if size > 16 else 16) for size in sizes]
    words = [text.get_text() for text in ax.texts]
    assert [word for word in words if word != "⋮"] == [f"layer\n{size}" for size in sizes]
    assert words.count("⋮") == sum(size > 16 for size in sizes)
    plt.close(figure)


def test_frames_give_a_slider_for_notebooks_and_html_for_pages(monkeypatch):
    shown = []
    monkeypatch.setattr(widgets, "display", lambda data, raw: shown.append(data))
    widgets.frames([(line(), "The first line that rises."), (line(), "The <second> line that rises.")], "Step & go")
    (bundle,) = shown
    assert bundle["text/plain"] == "0: The first line that rises.\n1: The <second> line that rises."
    page = ET.fromstring(bundle["text/html"].replace(" hidden>", ' hidden="">'))
    assert page.get("aria-label") == "Step & go"
    assert [frame.get("data-caption") for frame in page] == [
        "The first line that rises.",
        "The <second> line that rises.",
    ]
    assert [frame.get("hidden") for frame in page] == [None, ""]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_arrays_are_drawn_with_their_caption_shape_and_numbers():
    X, b = np.array([[1, 2], [3, 4.5]]), np.array([10, 20])
    figure = plotting.arrays(("X", X, X > 2), "+", ("b", b), "=", ("X + b", X + b), standing=["b"])
    (ax,) = figure.axes
    said = [text.get_text() for text in ax.texts]
    wanted = "1|2|3|4.5|X|(2, 2)|+|10|20|b|(2,)|=|11|22|13|24.5|X + b|(2, 2)"
    assert "|".join(said) == wanted
    tens = [text.get_position() for text in ax.texts if text.get_text() in ("10", "20")]
    assert tens[0][0] == tens[1][0] and tens[0][1] + 1 == tens[1][1]  # b stands
    assert sum(patch.get_alpha() == 0.25 for patch in ax.patches) == 2  # 3 and 4.5
    plt.close(figure)


IMAGES = np.arange(3 * 784).reshape(3, 784) / (3 * 784)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (IMAGES, IMAGES),
        (IMAGES[0], IMAGES[:1]),
        (IMAGES[0].reshape(28, 28), IMAGES[:1]),
        (IMAGES.reshape(3, 28, 28), IMAGES),
        (list(IMAGES), IMAGES),
        (IMAGES.tolist(), IMAGES),
        ([image.reshape(28, 28) for image in IMAGES], IMAGES),
    ],
)
def test_images_are_understood_as_rows_as_squares_alone_and_in_lists(given, shown):
    figure = plotting.images(given)
    drawn = [ax.images[0].get_array() for ax in figure.axes if ax.images]
    assert np.array_equal(drawn, shown.reshape(-1, 28, 28))
    plt.close(figure)


@pytest.mark.parametrize("shape", [(3, 785), (3, 28, 30), (0, 784), (28, 28, 3), (785,), ()])
def test_what_is_no_square_image_is_refused(shape):
    with pytest.raises(ValueError, match="expected square images, one a row"):
        plotting.images(np.zeros(shape))


BOOK = Path(plotting.__file__).parents[1]


def declared(sheet, selector, name):
    """The colours that a rule of a style sheet gives to variables called so."""
    rule = re.search(rf"^{re.escape(selector)} \{{\n(.*?)^\}}", (BOOK / sheet).read_text("utf-8"), re.S | re.M)[1]
    return dict(re.findall(rf"--{name}([a-z]+): (?:var\([^#]*)?(#[0-9a-f]{{6}})\b", rule))


def test_the_style_sheets_colours_are_the_palettes():
    light, dark = ({name: pair[theme] for name, pair in plotting.PALETTE.items()} for theme in (0, 1))
    assert declared("_static/book.css", 'html[data-theme="light"]', "nnlib-") == light
    assert declared("_static/book.css", 'html[data-theme="dark"]', "nnlib-") == dark
    shared = "nnlib/alive/shared.css"
    assert declared(shared, ".nnlib-live-stage", "") == light
    meanings = ("forward", "backward", "parameter", "accent")  # the rest is JupyterLab's own
    in_the_dark = declared(shared, '[data-jp-theme-light="false"] .nnlib-live-stage', "")
    assert in_the_dark == {name: dark[name] for name in meanings}


@pytest.mark.parametrize("file", ["_static/cover.html", *sorted(path.name for path in BOOK.glob("*.ipynb"))])
def test_a_stored_pictures_fallback_is_the_palettes(file):
    found = set(re.findall(r"var\(--nnlib-([a-z]+), (#[0-9a-f]{6})\)", (BOOK / file).read_text("utf-8")))
    assert found <= {(name, light) for name, (light, _) in plotting.PALETTE.items()}
