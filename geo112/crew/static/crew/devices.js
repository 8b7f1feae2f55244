/** Makes links for phones and shows each once; asks twice before a phone is shut out. */

import { setText, show } from "#geo112/dom.js";
import { wireThemeSwitch } from "#geo112/theme.js";

const byId = (id) => document.getElementById(id);
const dialog = byId("link");
const SURE_MS = 5000;

async function make(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const button = form.querySelector("button");
  show(byId("failed"), false);
  button.disabled = true;
  try {
    const response = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    if (!response.ok) throw new Error(String(response.status));
    open(await response.json());
  } catch {
    show(byId("failed"), true);
  } finally {
    button.disabled = false;
  }
}

function open({ callsign, name, link, qr }) {
  setText(byId("link-title"), `${callsign} · ${name}`);
  byId("link-qr").src = qr;
  byId("link-text").value = link;
  dialog.showModal();
}

async function copy({ currentTarget: button }) {
  byId("link-text").select();
  await navigator.clipboard?.writeText(byId("link-text").value);
  setText(button, button.dataset.copied);
}

/** Shutting out cannot be undone: the first press asks, the second within five seconds does it. */
function shutOut(event) {
  const button = event.currentTarget.querySelector("button");
  if ("armed" in button.dataset) return;
  event.preventDefault();
  const words = [...button.childNodes];
  button.dataset.armed = "";
  button.replaceChildren(event.currentTarget.dataset.sure);
  setTimeout(() => {
    delete button.dataset.armed;
    button.replaceChildren(...words);
  }, SURE_MS);
}

for (const form of document.querySelectorAll("form.new")) form.addEventListener("submit", make);
for (const form of document.querySelectorAll("form.phone")) form.addEventListener("submit", shutOut);
byId("link-copy").addEventListener("click", copy);
byId("link-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => {
  byId("link-qr").removeAttribute("src");
  byId("link-text").value = "";
  location.reload(); // the new phone stands in the table, and the secret is gone from the page
});
wireThemeSwitch();
