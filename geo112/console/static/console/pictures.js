/** Draws the map's symbols into images, at twice the size for sharp screens. Colours come from theme.css. */

import { lookOf, shapeOf } from "./looks.js";

export const PIXEL_RATIO = 2;
const SIZE = 26; // CSS pixels of a unit's picture
const PIN = { 1: 30, 2: 26, 3: 22 }; // falls with priority
const INK = { p: ["", "--p1", "--p2", "--p3"], due: "--due", overdue: "--overdue" };

/** Reads a custom property of the page. */
export const cssColour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function canvasOf(size) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * PIXEL_RATIO;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.scale(PIXEL_RATIO, PIXEL_RATIO);
  return pen;
}

const imageOf = (pen) => pen.getImageData(0, 0, pen.canvas.width, pen.canvas.height);

/** The outline of a kind around (c, c) with half-width r. */
export function tracePath(pen, shape, c, r) {
  pen.beginPath();
  if (shape === "circle") pen.arc(c, c, r, 0, 2 * Math.PI);
  else if (shape === "square") pen.rect(c - r * 0.9, c - r * 0.9, r * 1.8, r * 1.8);
  else polygon(pen, CORNERS[shape].map(([x, y]) => [c + x * r, c + y * r]));
}

const CORNERS = {
  diamond: [[0, -1.15], [1.15, 0], [0, 1.15], [-1.15, 0]],
  triangle: [[0, -1.1], [1.12, 0.9], [-1.12, 0.9]],
  shield: [[-0.9, -0.95], [0.9, -0.95], [0.9, 0.15], [0.55, 0.75], [0, 1.15], [-0.55, 0.75], [-0.9, 0.15]],
};

function polygon(pen, points) {
  points.forEach(([x, y], index) => (index ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
}

function cross(pen, c, r, width, colour) {
  pen.beginPath();
  pen.moveTo(c - r, c);
  pen.lineTo(c + r, c);
  pen.moveTo(c, c - r);
  pen.lineTo(c, c + r);
  stroke(pen, width, colour);
}

function stroke(pen, width, colour) {
  pen.lineWidth = width;
  pen.strokeStyle = colour;
  pen.stroke();
}

/** A unit: shape by kind, colour and filling by status, outline by freshness. */
export function unitImage([, kind, status, freshness], colour = cssColour) {
  const pen = canvasOf(SIZE);
  const c = SIZE / 2;
  const r = 8;
  const look = lookOf(status);
  const ink = colour(look.colour);
  const ground = colour("--panel");
  pen.lineJoin = "round";
  tracePath(pen, shapeOf(kind), c, r);
  stroke(pen, 5, ground);
  if (freshness === "silent") return silentImage(pen, shapeOf(kind), c, r, ink, ground);
  const open = freshness === "stale" || look.fill !== "solid";
  pen.fillStyle = open ? ground : ink;
  pen.fill();
  if (freshness === "stale") pen.setLineDash([3, 2.5]);
  stroke(pen, open ? 2.5 : 1.5, open ? ink : colour(`--kind-${kind}`) || ink);
  pen.setLineDash([]);
  mark(pen, { kind, c, look, ink, open, ground });
  return imageOf(pen);
}

function mark(pen, { kind, c, look, ink, open, ground }) {
  if (look.fill === "ring") {
    pen.beginPath();
    pen.arc(c, c, 3.2, 0, 2 * Math.PI);
    pen.fillStyle = ink;
    pen.fill();
  } else if (kind === "medical") cross(pen, c, 4, 2.2, open ? ink : ground);
}

function silentImage(pen, shape, c, r, ink, ground) {
  tracePath(pen, shape, c, r);
  pen.fillStyle = ground;
  pen.fill();
  pen.globalAlpha = 0.75;
  stroke(pen, 1.5, ink);
  pen.globalAlpha = 1;
  pen.beginPath();
  pen.moveTo(c - 5, c - 5);
  pen.lineTo(c + 5, c + 5);
  pen.moveTo(c + 5, c - 5);
  pen.lineTo(c - 5, c + 5);
  stroke(pen, 2.5, ink);
  return imageOf(pen);
}

/** An incident's pin: size and colour by priority, ring by its clock. */
export function incidentImage([, priority, level], colour = cssColour) {
  const size = PIN[priority] ?? PIN[3];
  const pen = canvasOf(size + 10);
  const c = (size + 10) / 2;
  const r = size / 2 - 3;
  drop(pen, c, r);
  stroke(pen, 5, colour("--panel"));
  pen.fillStyle = colour(INK.p[priority] ?? "--p3");
  pen.fill();
  if (level !== "calm") stroke(pen, level === "overdue" ? 3.5 : 2.5, colour(INK[level]));
  stroke(pen, 1, colour("--on-colour"));
  pen.fillStyle = colour("--on-colour");
  pen.font = `700 ${Math.round(r * 1.1)}px system-ui, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(level === "overdue" ? "!" : priority, c, c - r * 0.28);
  return imageOf(pen);
}

function drop(pen, c, r) {
  pen.beginPath();
  pen.arc(c, c - r * 0.3, r, Math.PI * 0.86, Math.PI * 0.14);
  pen.lineTo(c, c + r * 1.5);
  pen.closePath();
  pen.lineJoin = "round";
}

/** The tick that shows where a unit is heading; drawn pointing north. */
export function headingImage(colour = cssColour) {
  const size = 40;
  const pen = canvasOf(size);
  pen.beginPath();
  polygon(pen, [[size / 2, 2], [size / 2 + 5, 9], [size / 2 - 5, 9]]);
  stroke(pen, 3, colour("--panel"));
  pen.fillStyle = colour("--text");
  pen.fill();
  return imageOf(pen);
}

/** Where a new incident is about to be, or a searched place is. */
export function placeImage(colour = cssColour) {
  const size = 36;
  const pen = canvasOf(size);
  const c = size / 2;
  for (const [width, ink] of [[6, colour("--panel")], [2.5, colour("--text")]]) {
    pen.beginPath();
    pen.arc(c, c, 8, 0, 2 * Math.PI);
    stroke(pen, width, ink);
    for (const [x, y] of [[0, -1], [1, 0], [0, 1], [-1, 0]]) {
      pen.beginPath();
      pen.moveTo(c + x * 5, c + y * 5);
      pen.lineTo(c + x * 14, c + y * 14);
      stroke(pen, width, ink);
    }
  }
  return imageOf(pen);
}

/** The image behind a name, or null for a name that is not ours. */
export function pictureFor(name) {
  const parts = name.split("|");
  if (parts[0] === "unit") return unitImage(parts);
  if (parts[0] === "incident") return incidentImage(parts);
  if (name === "heading") return headingImage();
  return name === "place" ? placeImage() : null;
}
