/** Colours of shares and bands: one even scale from dark (little, slow) to light (much, fast). Pure. */

const rgb = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
const hex = (values) => `#${values.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;

/** The colour of a share from 0 to 1 on a palette of equal steps (the server's cividis). */
export function colourOf(share, palette) {
  const place = Math.min(Math.max(share, 0), 1) * (palette.length - 1);
  const low = Math.min(Math.floor(place), palette.length - 2);
  const from = rgb(palette[low]);
  const to = rgb(palette[low + 1]);
  return hex(from.map((value, index) => value + (to[index] - value) * (place - low)));
}

/** One colour a band, the fastest lightest. */
export const bandColours = (count, palette) =>
  Array.from({ length: count }, (_, index) => colourOf(1 - (0.85 * index) / Math.max(count - 1, 1), palette));

/** Steps of the legend of shares: [{from, to, colour}] in percent. */
export const shareSteps = (palette, step = 20) =>
  Array.from({ length: 100 / step }, (_, index) => ({
    from: index * step,
    to: (index + 1) * step,
    colour: colourOf((index + 0.5) / (100 / step), palette),
  }));

/** A share put into its step, so that the map shows exactly the colours of the legend. */
export function stepColour(share, palette, step = 20) {
  if (share === null) return "transparent";
  const index = Math.min(Math.floor((share * 100) / step), 100 / step - 1);
  return shareSteps(palette, step)[index].colour;
}
