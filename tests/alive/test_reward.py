"""The pole in the page: mechanics, network and words are those of Python, and a game goes on as nnlib would play it."""

import json

import numpy as np
import pytest

from nnlib.alive import live, reward
from nnlib.studies import reward as world

DATA = reward.data()
RNG = np.random.default_rng(0)
STATES = RNG.uniform(-1, 1, (200, 4)) * [2.6, 3, 0.3, 3]


@pytest.mark.parametrize(("push", "moves"), [(-1, [0]), (1, [1]), (0, [0, 1])])
def test_the_page_steps_as_nnlib_does_to_a_millionth(node, push, moves):
    # what a state becomes is linear in the force: no push lies midway between the two
    wanted = np.mean([world.step(STATES, np.full(len(STATES), move)) for move in moves], axis=0)
    stepped = node(
        "reward", "states.map((one) => stepped(one, push, rules))", states=STATES.tolist(), push=push, **DATA
    )
    np.testing.assert_allclose(stepped, wanted, rtol=0, atol=1e-6)


def test_the_page_calls_it_over_where_nnlib_does(node):
    over = node("reward", "states.map((one) => isOver(one, rules))", states=STATES.tolist(), **DATA)
    assert over == world.fallen(STATES).tolist() and 10 < sum(over) < 190


def test_the_page_computes_the_networks_logits_to_a_millionth(node):
    logits = node("reward", "states.map((one) => logitsOf(network, one))", states=STATES.tolist(), **DATA)
    np.testing.assert_allclose(logits, reward.load().predict(STATES), rtol=0, atol=1e-6)


PLAYED = """pushes.reduce((games, push) => [...games, advanced(games.at(-1), push, data)], [begun(data.starts[0])])"""


def test_a_game_goes_on_as_nnlib_plays_it(node):
    pushes = [(-1) ** (i // 3) for i in range(60)]
    games = node("reward", PLAYED, pushes=pushes, data=DATA)
    choose = world.likelier(reward.load())
    it = you = np.array([DATA["starts"][0]])
    over = False
    for game, push in zip(games[1:], pushes, strict=True):
        it = world.step(it, choose(it))
        if not over:
            you = world.step(you, np.array([world.RIGHT if push > 0 else world.LEFT]))
            over = bool(world.fallen(you)[0])
        np.testing.assert_allclose(game["it"]["state"], it[0], rtol=0, atol=1e-6)
        np.testing.assert_allclose(game["you"]["state"], you[0], rtol=0, atol=1e-6)
        assert game["you"]["over"] == over
    assert over and games[-1]["you"]["stood"] < games[-1]["it"]["stood"] == games[-1]["steps"] == 60


def test_the_page_says_what_python_says(node):
    pushes = [1] * 30
    games = node("reward", PLAYED, pushes=pushes, data=DATA)
    games += [{**games[0], "it": {"state": [2.5, 0, 0, 0], "stood": 7, "over": True}}]
    said = node("reward", "games.map((game) => said(game, rules))", games=games, **DATA)
    assert said == [reward.said(**game) for game in games]
    assert "your pole fell after" in said[30] and "the network's cart left the track after 0.14 s" in said[31]


def test_a_shove_changes_the_networks_speed_alone_and_none_that_is_over(node):
    before = node("reward", "begun(data.starts[0])", data=DATA)
    after = node("reward", "shoved(game, 1)", game=before)
    change = np.subtract(after["it"]["state"], before["it"]["state"])
    np.testing.assert_allclose(change, [0, 1, 0, 0], atol=1e-12)
    assert after["you"] == before["you"]
    over = {**before, "it": {**before["it"], "over": True}}
    assert node("reward", "shoved(game, 1)", game=over) == over


def test_the_network_of_the_page_holds_ten_seconds_from_every_start(node):
    on = "Array.from({ length: 500 }).reduce((game) => advanced(game, 0, data), begun(start)).it.stood"
    assert node("reward", f"data.starts.map((start) => {on})", data=DATA) == [500] * reward.STARTS


def test_the_page_holds_the_game_and_says_what_it_shows(monkeypatch):
    shown = []
    monkeypatch.setattr(live, "display", lambda bundle, raw: shown.append(bundle))
    reward.show()
    html = shown[0]["text/html"]
    assert len(html) < 8000 and json.loads(html.split('json">')[1].split("</script>")[0]) == DATA
    assert "12°" in shown[0]["text/plain"] and reward.WEIGHTS.stat().st_size < 300_000
