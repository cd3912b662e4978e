// The cart and its pole as nnlib.studies.reward has them, what the network does, and a game of two carts side by side.

/** A state { place, speed, angle, turning } as a list of four, a fiftieth of a second later; push is -1, 0 or 1. */
function stepped([place, speed, angle, turning], push, { gravity, cart, pole, half, force, step }) {
  const [sin, cos, mass] = [Math.sin(angle), Math.cos(angle), cart + pole];
  const pushed = (push * force + pole * half * turning ** 2 * sin) / mass;
  const swing = (gravity * sin - cos * pushed) / (half * (4 / 3 - (pole * cos ** 2) / mass));
  const gain = pushed - (pole * half * swing * cos) / mass;
  return [place + step * speed, speed + step * gain, angle + step * turning, turning + step * swing];
}

function isOver([place, , angle], { edge, tilt }) {
  return Math.abs(place) > edge || Math.abs(angle) > tilt;
}

/** The network's two logits for a state: to push to the left, and to the right. */
function logitsOf({ hidden, output }, state) {
  const sums = ({ W, b }, x) => W.map((row, i) => row.reduce((sum, weight, j) => sum + weight * x[j], b[i]));
  return sums(output, sums(hidden, state).map(Math.tanh));
}

/** A game from a start: your cart and the network's; `stood` counts the steps until it was over. */
function begun(start) {
  return { steps: 0, you: { state: start, stood: 0, over: false }, it: { state: start, stood: 0, over: false } };
}

/** The game one step later, if you push so: -1, 0 or 1. */
function advanced({ steps, you, it }, push, { rules, network }) {
  const [left, right] = logitsOf(network, it.state);
  const move = (one, way) => {
    if (one.over) return one;
    const state = stepped(one.state, way, rules);
    return { state, stood: one.stood + 1, over: isOver(state, rules) };
  };
  return { steps: steps + 1, you: move(you, push), it: move(it, right > left ? 1 : -1) };
}

/** The network's cart gets a shove: so many metres a second more. */
function shoved(game, speed) {
  if (game.it.over) return game;
  const [place, before, angle, turning] = game.it.state;
  return { ...game, it: { ...game.it, state: [place, before + speed, angle, turning] } };
}

/** How the game stands, in words. */
function said({ steps, you, it }, { step, tilt }) {
  const side = (number) => (number < 0 ? "left" : "right");
  const one = (whose, { state: [place, , angle], stood, over }) => {
    const seconds = decimals(stood * step, 2);
    if (over) return Math.abs(angle) > tilt ? `${whose} pole fell after ${seconds} s` : `${whose} cart left the track after ${seconds} s`;
    const degrees = decimals(Math.abs(angle) * 180 / Math.PI, 1);
    return `${whose} pole leans ${degrees}° to the ${side(angle)}, the cart ${decimals(Math.abs(place), 2)} m ${side(place)} of the middle`;
  };
  return `After ${decimals(steps * step, 2)} s: ${one("your", you)}; ${one("the network's", it)}.`;
}
