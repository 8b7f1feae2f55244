/** The view as a picture: title, map, legend, source and date on one sheet. */

import { HATCH, OPACITY, ORIGIN } from "./legend.js";

const INK = { dark: { paper: "#14181b", text: "#e8ecef", muted: "#a3afb8", land: "#171b1f" }, light: { paper: "#ffffff", text: "#14191c", muted: "#515c64", land: "#f4f3ef" } };
const FONT = 'system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif';

/**
 * A PNG as a Blob.
 *
 * map     ImageBitmap of the map
 * sheet   {title, lines: [text], legend: {title, entries}, foot: [text], theme, scale} (scale: device pixels a CSS pixel)
 */
export async function drawSheet(map, { title, lines, legend, foot, theme, scale }) {
  const ink = INK[theme];
  const width = map.width / scale;
  const top = 44 + 20 * lines.length;
  const rows = Math.ceil(legend.entries.length / 3);
  const bottom = 40 + rows * 22 + foot.length * 18 + 12;
  const canvas = new OffscreenCanvas(map.width, Math.round((top + bottom) * scale + map.height));
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.fillStyle = ink.paper;
  pen.fillRect(0, 0, width, canvas.height / scale);
  const write = (text, x, y, size, colour = ink.text, weight = 400) => {
    pen.font = `${weight} ${size}px ${FONT}`;
    pen.fillStyle = colour;
    pen.fillText(text, x, y, width - x - 16);
  };
  write(title, 16, 28, 18, ink.text, 600);
  lines.forEach((line, index) => write(line, 16, 50 + index * 20, 13, ink.muted));
  pen.drawImage(map, 0, top, width, map.height / scale);
  let y = top + map.height / scale + 24;
  write(legend.title, 16, y, 13, ink.text, 600);
  legend.entries.forEach(({ colour, words }, index) => {
    const x = 16 + Math.floor(index / rows) * (width / 3);
    const line = y + 22 + (index % rows) * 22;
    swatch(pen, colour, x, line - 12, ink);
    write(words, x + 34, line, 13);
  });
  y += 22 + rows * 22;
  foot.forEach((text, index) => write(text, 16, y + 4 + index * 18, 12, ink.muted));
  return canvas.convertToBlob({ type: "image/png" });
}

function swatch(pen, colour, x, y, ink) {
  pen.save();
  pen.beginPath();
  if (colour === ORIGIN) {
    pen.arc(x + 13, y + 7, 5, 0, 2 * Math.PI);
    pen.fillStyle = ink.paper;
    pen.fill();
    pen.lineWidth = 3;
    pen.strokeStyle = ink.text;
    pen.stroke();
    return pen.restore();
  }
  pen.rect(x, y, 26, 14);
  pen.clip();
  pen.strokeStyle = ink.text;
  if (colour === HATCH) {
    for (let at = -14; at < 30; at += 6) {
      pen.moveTo(x + at, y + 14);
      pen.lineTo(x + at + 14, y);
    }
    pen.stroke();
  } else {
    pen.fillStyle = ink.land;
    pen.fill();
    pen.globalAlpha = OPACITY;
    pen.fillStyle = colour;
    pen.fill();
  }
  pen.restore();
}

/** Hand a Blob to the browser as a file. */
export function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
