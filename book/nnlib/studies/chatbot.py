"""A chatbot: questions to an assistant, each with its intent, and others that are none of its business."""

import json
from collections.abc import Sequence

import numpy as np

from ..embedded import as_bytes, as_texts, embedded_arrays
from ..fetch import OfficialFile, Source
from ..text import tokens
from . import Set

COMMIT = "828f8093932c8fe6ca7936c3d2e52903b1c523de"
QUESTIONS = Source(
    name="clinc150-small",
    title="questions to an assistant",
    shape=(16200,),
    credit="S. Larson and others (2019), An Evaluation Dataset for Intent Classification and Out-of-Scope Prediction, "
    "https://github.com/clinc/oos-eval",
    licence="CC BY 3.0",
    files=(
        OfficialFile(
            "data_small.json", 1702451, "050e17476e6b4fa88f8518edaf09921c8f5e3a86dc8b63615361102a20b2ac01", (16200,)
        ),
    ),
    mirrors=(
        f"https://raw.githubusercontent.com/clinc/oos-eval/{COMMIT}/data/",
        f"https://cdn.jsdelivr.net/gh/clinc/oos-eval@{COMMIT}/data/",
    ),
    embedded=OfficialFile(
        "studies/chatbot.npz", 180611, "fce0cd43d902536ae3f2909f7798190965e974a6570adb7496ad7d161a18b927"
    ),
    whole=True,
)
PARTS = ("train", "val", "test")  # of the file: to learn from, to choose by, to be tested
NONE = "oos"  # the file's name for a question that has none of the intents
LEARNED = 0.9  # of the questions to learn from, for each draw


def load_questions() -> tuple[list[str], np.ndarray, np.ndarray, list[str]]:
    """16,200 questions to an assistant, 100 of each of 150 intents and 1,200 with none of them; come with the book.

    CLINC150 in its small form (S. Larson and others, 2019, https://github.com/clinc/oos-eval, CC BY 3.0), whole.

    Returns
    -------
    texts : list of 16,200 str, in small letters.
    intent : integer array (16200,): the number of the intent, and 150 for a question that is out of scope.
    part : integer array (16200,), as its makers set the questions aside: 0 to learn from (50 of each intent and 100 out
        of scope), 1 to choose by (20, 100), 2 to be tested (30, 1,000).
    names : list of 150 str, of the intents.

    Raises
    ------
    ValueError
        If the file that came with the book is cut or changed.
    """
    arrays = embedded_arrays(QUESTIONS)
    texts, names = (as_texts(arrays[name]) for name in ("texts", "names"))
    return texts, arrays["intent"].astype(np.intp), arrays["part"].astype(np.intp), names


def draw(
    texts: Sequence[str], intent: np.ndarray, part: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The places of the questions to learn from, nine in ten of those there are, to choose by, and to be tested.

    No question to choose by has exactly the words of a tested one, and none to learn from has those of any other.
    """
    words = [tuple(tokens(text)) for text in texts]
    test, seen, parts = np.flatnonzero(part == 2), set(), []
    seen.update(words[i] for i in test)
    for which in (1, 0):
        parts.append([i for i in np.flatnonzero(part == which) if words[i] not in seen and not seen.add(words[i])])
    choose, left = map(np.array, parts)
    each = [rng.permutation(left[intent[left] == kind]) for kind in np.unique(intent)]
    return np.concatenate([places[: round(LEARNED * len(places))] for places in each]), choose, test


def to_length_one(bags: np.ndarray) -> np.ndarray:
    """Each bag, a row, divided by its length, the root of the sum of its squares; one without a word stays empty."""
    return bags / np.maximum(1, np.linalg.norm(bags, axis=1, keepdims=True))


def _arrays(originals: Sequence[bytes]) -> dict[str, np.ndarray]:
    """Texts and names as bytes, one in each line, and for each text its intent and its part."""
    data = json.loads(originals[0])
    names = sorted({name for _, name in data["train"]})
    number = {name: i for i, name in enumerate([*names, NONE])}
    rows = [
        (text, number[name], which)
        for which, part in enumerate(PARTS)
        for text, name in data[part] + data[f"{NONE}_{part}"]
    ]
    if any("\n" in text for text, *_ in rows):
        raise ValueError("got a question of two lines: each would come back as one")
    texts, intent, part = zip(*rows, strict=True)
    lines = {"texts": texts, "names": names}
    return {name: as_bytes(all_) for name, all_ in lines.items()} | {
        "intent": np.array(intent, np.uint8),
        "part": np.array(part, np.uint8),
    }


SETS = (Set(QUESTIONS, load_questions, _arrays),)
