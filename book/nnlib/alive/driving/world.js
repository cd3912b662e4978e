// The roads, the camera and the car as nnlib.studies.driving has them, what a network answers, and a drive in words.

/** How far from (0, 0) the middle line is, and how fast that changes, at an angle of this cosine and sine. */
function middle({ waves: [a, b] }, cos, sin, { radius, waves }) {
  let [far, slope, c, s] = [radius, 0, cos, sin];
  for (const [i, times] of waves.entries()) {
    [c, s] = [c * cos - s * sin, s * cos + c * sin];
    far += a[i] * c + b[i] * s;
    slope += times * (b[i] * c - a[i] * s);
  }
  return [far, slope];
}

/** How many metres a place lies outside the middle line, or inside where negative. */
function beside(road, x, y, rules) {
  const far = Math.sqrt(x * x + y * y);
  const [radius, slope] = middle(road, x / far, y / far, rules);
  return (far - radius) / Math.sqrt(1 + (slope / radius) ** 2);
}

/** How much of a dashed line is there. */
function painted(x, y) {
  let cos = x / Math.sqrt(x * x + y * y);
  for (let i = 0; i < 5; i += 1) cos = 2 * cos * cos - 1;
  return 0.5 + 0.5 * Math.tanh(4 * cos);
}

/** What the car's camera sees: levels from 0 to 1, row by row. */
function pictureOf(road, [x, y, heading], rules) {
  const { rows, columns, focal, height, edge, paint } = rules;
  const [asphalt, grass, white] = road.look;
  const [cos, sin] = [Math.cos(heading), Math.sin(heading)];
  return Array.from({ length: rows * columns }, (_, i) => {
    const ahead = (focal * height) / (Math.floor(i / columns) + 0.5);
    const left = (((columns - 1) / 2 - (i % columns)) * ahead) / focal;
    const [px, py] = [x + ahead * cos - left * sin, y + ahead * sin + left * cos];
    const [off, blur] = [beside(road, px, py, rules), 0.1 + ahead / focal / 2];
    const [thin, there] = [Math.min(1, paint / blur), painted(px, py)];
    const ground = asphalt + (grass - asphalt) / (1 + Math.exp(-(Math.abs(off) - edge - 0.5) / blur));
    return [-edge, edge].reduce((level, side, line) => {
      const cover = thin * Math.exp(-(((off - side) / blur) ** 2)) * (road.dashed[line] ? there : 1);
      return level + (white - level) * cover;
    }, ground);
  });
}

/** A picture shifted and stretched to mean 0 and standard deviation 1; one of grass alone stays flat. */
function evened(picture, flat) {
  const mean = picture.reduce((sum, level) => sum + level) / picture.length;
  const spread = Math.max(flat, Math.sqrt(picture.reduce((sum, level) => sum + (level - mean) ** 2, 0) / picture.length));
  return picture.map((level) => (level - mean) / spread);
}

/** The networks that stored weights make, by name: from a picture to degrees a metre, to the left where positive. */
function networksOf({ sizes: [inputs, hidden], networks, flat }) {
  return Object.fromEntries(Object.entries(networks).map(([name, text]) => {
    const numbers = floats(text);
    const bias = inputs * hidden;
    const out = bias + hidden;
    return [name, (picture) => {
      const x = evened(picture, flat);
      let answer = numbers[out + hidden];
      for (let j = 0; j < hidden; j += 1) {
        const z = x.reduce((sum, level, i) => sum + level * numbers[j * inputs + i], numbers[bias + j]);
        answer += numbers[out + j] * Math.tanh(z);
      }
      return answer;
    }];
  }));
}

/** A drive at the start of a road. */
function begun(road, { roads }) {
  return { road, car: roads[road].car, metres: 0, gone: 0, over: "" };
}

/** The drive a metre later, if the car turns by so many degrees. */
function advanced(game, steering, { roads, rules }) {
  if (game.over) return game;
  const [road, [x, y, before]] = [roads[game.road], game.car];
  const turned = Math.min(rules.sharpest, Math.max(-rules.sharpest, steering));
  const heading = before + (turned * Math.PI) / 180;
  const car = [x + Math.cos(heading), y + Math.sin(heading), heading];
  const around = Math.atan2(car[1], car[0]) - Math.atan2(y, x);
  const gone = game.gone + road.way * Math.atan2(Math.sin(around), Math.cos(around));
  const metres = game.metres + 1;
  return ended({ ...game, car, gone, metres }, road, rules);
}

function ended(game, road, rules) {
  const off = Math.abs(beside(road, game.car[0], game.car[1], rules)) > rules.edge;
  return { ...game, over: off ? "off" : game.gone >= 2 * Math.PI ? "round" : "" };
}

/** The car is pushed so many metres to its right. */
function pushed(game, metres, { roads, rules }) {
  if (game.over) return game;
  const [x, y, heading] = game.car;
  const car = [x + metres * Math.sin(heading), y - metres * Math.cos(heading), heading];
  return ended({ ...game, car }, roads[game.road], rules);
}

/** How the drive stands, in words; `steers` is what the network answers now, or null where the reader steers. */
function said({ road, car: [x, y], metres, over }, steers, { roads, rules }) {
  if (over === "off") return `After ${metres} m the car has left the road.`;
  if (over) return `After ${metres} m the car has come round without leaving the road.`;
  const side = (number) => (number > 0 ? "left" : "right");
  const off = -beside(roads[road], x, y, rules) * roads[road].way;
  const text = `After ${metres} m: the car is ${decimals(Math.abs(off), 2)} m ${side(off)} of the middle.`;
  return steers === null ? text : `${text} The network steers ${decimals(Math.abs(steers), 1)}° a metre to the ${side(steers)}.`;
}

/** Places along the middle line, once round, for the map. */
function outline(road, rules, places = 240) {
  return Array.from({ length: places }, (_, i) => {
    const angle = (2 * Math.PI * i) / places;
    const [far] = middle(road, Math.cos(angle), Math.sin(angle), rules);
    return [far * Math.cos(angle), far * Math.sin(angle)];
  });
}
