"""The chatbot: the page computes what nnlib computes, and says the same of a question."""

import json

import numpy as np
import pytest

from nnlib.alive import chatbot, live
from nnlib.alive.chatbot.replies import REPLIES
from nnlib.studies.chatbot import load_questions
from nnlib.text import tokens

BOTS = chatbot.load()
WEIGHTS = chatbot.weights()
ODD = ["", "...", "blorp " * 20, "É don’t 2+2", "what what what", "<unknown> unknown", "日本 привет"]


@pytest.fixture(scope="module")
def some():
    """Real questions, and odd ones."""
    return [*ODD, *chatbot.QUESTIONS.values(), *load_questions()[0][::100]]


def test_the_page_reads_half_precision(node):
    numbers = np.concatenate([np.arange(2**16, dtype="<u2").view("<f2"), [np.float16(-0.1)]])
    numbers = numbers[np.isfinite(numbers)]
    coded = chatbot.base64.b64encode(numbers.tobytes()).decode()
    np.testing.assert_array_equal(node("chatbot", "halves(coded)", coded=coded), numbers.astype(float))


def test_the_page_finds_the_same_words(node, some):
    assert node("chatbot", "texts.map(tokens)", texts=some) == [tokens(text) for text in some]


@pytest.mark.parametrize("which", [0, 1], ids=chatbot.BAGS)
def test_the_page_computes_what_nnlib_computes_to_a_millionth(node, some, which):
    asked = f"(({{ probabilities }}) => texts.map(probabilities))(botsOf(weights)[{which}])"
    p = node("chatbot", asked, texts=some, weights=WEIGHTS)
    np.testing.assert_allclose(p, [BOTS[which].probabilities(text) for text in some], rtol=0, atol=1e-6)


@pytest.mark.parametrize("which", [0, 1], ids=chatbot.BAGS)
def test_the_page_says_what_python_says(node, some, which):
    asked = f"((bot) => texts.map((text) => said(bot.read(text))))(botsOf(weights)[{which}])"
    assert node("chatbot", asked, texts=some, weights=WEIGHTS) == [chatbot.of(text, which) for text in some]


def test_it_answers_from_the_threshold_on():
    def best(p):
        return [{"name": "a joke", "p": p, "reply": "Ha."}, {"name": "b", "p": 1 - p, "reply": ""}]

    assert chatbot.said(best(0.61), 0.6, 3, 0).endswith("It answers from 60 % on. So it says: “Ha.”")
    assert chatbot.said(best(0.59), 0.6, 3, 1).endswith("So it says: “I do not know.” It does not know 1 of 3 words.")
    assert chatbot.said(best(0.59), 0.6, 0, 0).startswith("No word yet. By its biases alone: a joke 59 %, b 41 %.")


def test_there_is_a_reply_to_each_intent():
    assert [*REPLIES] == load_questions()[3]
    assert all(5 < len(reply) < 70 and reply[-1] in ".!?" for reply in REPLIES.values())


def test_what_is_stored_comes_back_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(chatbot, "WEIGHTS", tmp_path / "weights.npz")
    chatbot.save(BOTS, chatbot.WEIGHTS)
    for bot, again in zip(BOTS, chatbot.load(), strict=True):
        assert (again.words, again.threshold, again.one) == (bot.words, bot.threshold, bot.one)
        for old, new in zip(bot.network.parameters(), again.network.parameters(), strict=True):
            np.testing.assert_array_equal(old.value, new.value)
    assert [bot.one for bot in BOTS] == [False, True] and chatbot.WEIGHTS.stat().st_size <= 300_000


def test_said_again_only_the_counting_one_is_surer():
    text = chatbot.QUESTIONS["a match"]
    once, thrice = ([bot.best(times * f"{text} ")[0]["p"] for bot in BOTS] for times in (1, 3))
    assert thrice[0] > BOTS[0].threshold > once[0]
    assert thrice[1] == pytest.approx(once[1]) and once[1] < BOTS[1].threshold


def test_the_page_holds_no_weights_and_says_what_it_shows(monkeypatch, node):
    shown = []
    monkeypatch.setattr(live, "display", lambda bundle, raw: shown.append(bundle))
    chatbot.show()
    html = shown[0]["text/html"]
    assert len(html) < 8000 and WEIGHTS["bots"][0]["layers"][0]["W"][:40] not in html
    data = json.loads(html.split('json">')[1].split("</script>")[0])
    first = next(iter(chatbot.QUESTIONS.values()))
    for which in (0, 1):
        assert node("chatbot", "said(read)", read=data["first"][which]) == chatbot.of(first, which)
