"""Every interactive in Firefox and in WebKit: steered by pointer alone, and by keyboard alone. Reads _build/html."""

import pytest
from browsers import DOWN, END, ENTER, HOME, LEFT, RIGHT, UP
from windows import PAGES

from nnlib.alive import chatbot, depth, faces, kernel, objects, sentiment, spam, translation, unlabelled, walks, width

pytestmark = pytest.mark.skipif(not PAGES, reason="there is no site in _build/html: run `make test-browsers`")


class Part:
    """An interactive on its page, the first of its kind there."""

    def __init__(self, browser, name):
        self.browser, self.name = browser, f".nnlib-live-{name}"
        browser.begin_at(browser.find(self.name))
        browser.find(f"{self.name} .nnlib-live-stage > *")

    def find(self, kind, text=""):
        return self.browser.find(f"{self.name} {kind}", text)

    def click(self, kind, text=""):
        self.browser.click(self.find(kind, text))

    def keys(self, *names_and_keys):
        """Go on with Tab to what is called so, and press keys there."""
        for name, keys in names_and_keys:
            self.browser.tab_to(name)
            self.browser.press(keys)

    def says(self, text):
        self.find("[role=status]", text)

    def moves(self, kind, do):
        """Do something, and wait until this slider stands elsewhere."""
        before = self.browser.evaluate("arguments[0].getAttribute('aria-valuetext')", self.find(kind))
        do()
        self.find(f"{kind}:not([aria-valuetext='{before}'])")

    def asks(self, quantity):
        """Wait until this is chosen in a list."""
        self.browser.wait("arguments[0].value === arguments[1]", self.find("select"), quantity)

    def drag(self, kind, start, *ways):
        """Drag over a box from a place in it: this, and the ways from there, in hundredths of its width and height."""
        x, y, w, h = self.browser.place(self.find(kind))
        first = x + (start[0] / 100 - 0.5) * w, y + (start[1] / 100 - 0.5) * h
        self.browser.drag(first, *((i * w / 100, j * h / 100) for i, j in ways))


@pytest.fixture
def part(open_page):
    return lambda page, name: Part(open_page(f"book/{page}.html"), name)


MATCH = chatbot.QUESTIONS["a match"]


def test_chatbot_by_pointer(part):
    one = part("chatbot", "chatbot")
    one.click("button", "a match")
    one.says(chatbot.of(MATCH))
    one.click("button", "Say it once more")
    one.says(chatbot.of(f"{MATCH} {MATCH}"))
    one.click("button", "of length 1")
    one.says(chatbot.of(f"{MATCH} {MATCH}", 1))


def test_chatbot_by_keyboard(part):
    one = part("chatbot", "chatbot")
    one.keys(("Your question", END + "?"), ("a joke", ENTER), ("of length 1", " "))
    one.says(chatbot.of(chatbot.QUESTIONS["a joke"], 1))


def sizes(layers, squash, start):
    return depth.said(layers, squash, start, *depth.measured()[squash][start][str(layers)])


def test_depth_by_pointer(part):
    one = part("deep_networks", "depth")
    one.click("button", "tanh")
    one.says(sizes(20, "tanh", "1/n"))


def test_depth_by_keyboard(part):
    one = part("deep_networks", "depth")
    one.keys(("30", ENTER), ("ReLU", " "))
    one.says(sizes(30, "ReLU", "1/n"))


SEVEN = (10, 10), (15, 0), (-10, 30)
# The same by keys: along the top, and down to the left.
SEVEN_BY_KEYS = " " + 6 * RIGHT + 7 * (2 * DOWN + LEFT) + " "


def test_digit_by_pointer(part):
    one = part("handwritten_digits", "digit")
    one.click("button", "Clear")
    one.find(".nnlib-digit-says", "No ink yet")
    one.drag(".nnlib-digit-pad", *SEVEN)
    one.find(".nnlib-digit-says", "It looks like a 7")
    one.click("label", "7")
    one.find(".nnlib-digit-wish", "Told that it is a 7")


def test_digit_by_keyboard(part):
    one = part("handwritten_digits", "digit")
    one.keys(("Field to draw on", SEVEN_BY_KEYS))
    one.find(".nnlib-digit-says", "It looks like a 7")
    one.keys(("Clear", ENTER))
    one.find(".nnlib-digit-says", "No ink yet")


def test_driving_by_pointer(part):
    one = part("driving", "driving")
    one.click("button", "step by step")
    one.click("button", "You")
    one.click("button", "◀ Steer")
    one.says("After 5 m: the car is")


def test_driving_by_keyboard(part):
    one = part("driving", "driving")
    one.keys(("You", ENTER), ("step by step", ENTER + LEFT))
    one.says("After 5 m: the car is")


def accepts(**other):
    choice = faces.START | {"threshold": faces.nine_in_ten("network", "1")} | other
    return faces.said(**choice)


def test_faces_by_pointer(part):
    one = part("faces", "faces")
    one.says(accepts())
    one.click("button", "pixels")
    one.says(accepts(way="pixels"))
    one.click("button", "Accept nine in ten")
    one.says(accepts(way="pixels", threshold=faces.nine_in_ten("pixels", "1")))


def test_faces_by_keyboard(part):
    one = part("faces", "faces")
    one.keys(("Threshold", HOME + RIGHT), ("Accept nine in ten", ENTER), ("Fisherfaces", ENTER))
    one.says(accepts(way="Fisherfaces"))


def test_heads_by_pointer(part):
    one = part("attention", "heads")
    one.click("[aria-label='block 2, head 3']")
    one.click("[aria-label^='place 2,']")
    one.says("Block 2, head 3: place 2,")


def test_heads_by_keyboard(part):
    one = part("attention", "heads")
    one.keys(("block 1, head 2", ENTER), ("place ", 99 * LEFT + RIGHT))
    one.says("Block 1, head 2: place 2,")


def test_kernel_by_pointer(part):
    one = part("convolution", "kernel")
    one.click("[aria-label^='Input (0, 1)']")
    one.says(kernel.said("back", "input", 0, 1))


def test_kernel_by_keyboard(part):
    one = part("convolution", "kernel")
    one.keys(("On the way there", ENTER), ("Weight (2, 0)", " "))
    one.says(kernel.said("there", "kernel", 2, 0))


def test_landscape_by_pointer(part):
    one = part("gradient_descent", "landscape")
    one.moves("[aria-label=Start]", lambda: one.drag("[aria-label=Start]", (50, 50), (100, -100), (50, 0)))
    one.click("button", "One step")
    one.says("After 1 step ")


def test_landscape_by_keyboard(part):
    one = part("gradient_descent", "landscape")
    one.moves("[aria-label=Start]", lambda: one.keys(("Start", LEFT + UP)))
    one.keys(("Rate", RIGHT), ("One step", ENTER))
    one.says("After 1 step ")


POINT_4 = (225 / 3.5, 125 / 3.5)  # (1, 1), in hundredths of the picture, which is 3.5 wide and high


def test_line_by_pointer(part):
    one = part("the_perceptron", "line")
    one.drag(".nnlib-line-picture", POINT_4, (-200 / 7, 200 / 7), (100 / 7, -300 / 7))
    one.find("[aria-label^='Point 4'][aria-valuetext='(0.5, 1.5)']")
    one.click("button", "Run to the end")
    one.says("Done after")


def test_line_by_keyboard(part):
    one = part("the_perceptron", "line")
    one.keys(("Point 4", 8 * LEFT + 8 * UP))
    one.find("[aria-label^='Point 4'][aria-valuetext='(0.5, 1.5)']")
    one.keys(("One update", ENTER))
    one.says("Update 1, epoch")


def test_objects_by_pointer(part):
    one = part("counting_cells", "objects")
    one.click("[aria-label='Photograph 3']")
    one.says(objects.of(2))
    one.click("button", "white cells")
    one.click("button", "Dark stain")
    one.says(objects.of(2, "white", None, [("Dark stain", (15, 20))]))


def test_objects_by_keyboard(part):
    one = part("counting_cells", "objects")
    one.keys(("Photograph 2", ENTER), ("Place on the glass", LEFT + UP), ("Threshold", LEFT), ("Dark stain", ENTER))
    one.says(objects.of(1, "red", round(objects.thresholds()["red"], 2) - 0.01, [("Dark stain", (14, 19))]))


def test_reading_by_pointer(part):
    one = part("learning_from_examples", "reading")
    one.click("[aria-label='Ready digit 8']")
    one.says("It looks like an 8")
    one.drag(".nnlib-digit-pad", *SEVEN)
    one.says("It looks like a 7")


def test_reading_by_keyboard(part):
    one = part("learning_from_examples", "reading")
    one.keys(("Field to draw on", SEVEN_BY_KEYS))
    one.says("It looks like a 7")
    one.keys(("Ready digit 8", ENTER))
    one.says("It looks like an 8")


def test_reward_by_pointer(part):
    one = part("learning_from_reward", "reward")
    one.click("button", "step by step")
    one.click("button", "Right")
    one.says("After 0.1 s: your pole leans")


def test_reward_by_keyboard(part):
    one = part("learning_from_reward", "reward")
    one.keys(("step by step", ENTER + LEFT))
    one.says("After 0.1 s: your pole leans")


def test_sentiment_by_pointer(part):
    one = part("sentiment", "sentiment")
    one.click("button", "a film")
    one.says(sentiment.of(sentiment.SENTENCES["a film"]))
    one.click(".nnlib-sentiment-word", "without")
    one.says(sentiment.of("A moving film a dull minute."))


def test_sentiment_by_keyboard(part):
    one = part("sentiment", "sentiment")
    one.keys(("a telephone", ENTER), ("died", " "))
    one.says(sentiment.of("The battery after two weeks."))


def test_spam_by_pointer(part):
    one = part("spam_filter", "spam")
    one.click("button", "a trick")
    one.says(spam.of(spam.MESSAGES["a trick"]))


def test_spam_by_keyboard(part):
    one = part("spam_filter", "spam")
    one.keys(("a friend", ENTER), ("sorry", " "))
    one.says(spam.of(spam.MESSAGES["a friend"].removeprefix("Sorry, ")))


def test_stepper_by_pointer(part):
    one = part("backpropagation", "stepper")
    one.click("button", "Forward")
    one.find(".nnlib-step-place", "1 of 15")
    one.click(".is-wide [data-quantity='W2.1.2']")
    one.asks("W2.1.2")


def test_stepper_by_keyboard(part):
    one = part("backpropagation", "stepper")
    one.keys(("Forward", ENTER), ("Step", RIGHT))
    one.find(".nnlib-step-place", "2 of 15")
    one.browser.press(END)
    one.find(".nnlib-step-place", "15 of 15")
    one.keys(("What if this weight", HOME + DOWN))
    second = one.browser.evaluate("arguments[0].options[1].value", one.find("select"))
    one.asks(second)


OTHER = 1 - translation.BLOCK  # of the two blocks, the one that is not shown first


def test_translation_by_pointer(part):
    one = part("translation", "translation")
    one.click("button", "a question")
    one.click("button", f"block {OTHER + 1}")
    one.says(translation.of(translation.SENTENCES["a question"], OTHER))


def test_translation_by_keyboard(part):
    one = part("translation", "translation")
    one.keys(("Your English sentence", END + "?"), (f"block {OTHER + 1}", " "))
    one.says(translation.of(translation.SENTENCES["Tom"] + "?", OTHER))


def test_unlabelled_by_pointer(part):
    one = part("without_labels", "unlabelled")
    one.click("button", "7")
    one.says(unlabelled.said(unlabelled.middle(7)))
    one.moves("[aria-label=Code]", lambda: one.drag("[aria-label=Code]", (50, 50), (100, -100), (50, 0)))


def test_unlabelled_by_keyboard(part):
    one = part("without_labels", "unlabelled")
    one.moves("[aria-label=Code]", lambda: one.keys(("Code", LEFT + UP)))
    one.keys(("Walk to an 8", ENTER))
    one.says(unlabelled.said(unlabelled.middle(8)))


def walked(steps, other="momentum 0.9", rate=0.018):
    return walks.said({"walks": [["plain descent", 0.018], [other, rate]], "noise": 0, "seed": 5, "steps": steps})


def test_walks_by_pointer(part):
    one = part("faster_descent", "walks")
    one.says(walked(40))
    one.click("button", "Run 100 steps")
    one.says(walked(140))


def test_walks_by_keyboard(part):
    one = part("faster_descent", "walks")
    one.keys(("Optimiser of B", DOWN), ("Rate of B", LEFT), ("One step", ENTER))
    one.says(walked(41, "Nesterov 0.9", 0.016))


def errors(neurons, wrong="none", l2="none"):
    return width.said(neurons, wrong, l2, *width.measured()[wrong][l2][width.WIDTHS.index(neurons)])


def test_width_by_pointer(part):
    one = part("generalisation", "width")
    one.drag("[type=range]", (99, 50))
    one.says(errors(width.WIDTHS[-1]))
    one.click("button", "a fifth")
    one.says(errors(width.WIDTHS[-1], "a fifth"))


def test_width_by_keyboard(part):
    one = part("generalisation", "width")
    strongest = list(width.L2)[-1]
    one.keys(("Neurons", END), ("a fifth", ENTER), (strongest, " "))
    one.says(errors(width.WIDTHS[-1], "a fifth", strongest))
