// SPDX-License-Identifier: Apache-2.0
// Making and changing elements. Text is only ever set as text, never parsed as markup, whoever chose it; what
// is invisible in it, or turns the writing direction, is written out.

const unseen = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

export function visible(text) {
  return String(text).replace(unseen, (letter) => {
    if (letter === "\n") return "\\n";
    if (letter === "\t") return "\\t";
    return "\\u" + letter.codePointAt(0).toString(16).padStart(4, "0");
  });
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? "" : visible(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined)
    .map((child) => (child instanceof Node ? child : visible(child))));
  return node;
}

// h("p", {class: "quiet"}, "text", node, [nodes], null)
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

export function setText(node, text) {
  const shown = visible(text);
  if (node.textContent !== shown) node.textContent = shown;
}

export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

const builtFrom = new WeakMap();

// Fills the node anew, but only if what it is made from has changed: selections, focus and scroll stay. Times are
// shown with their date from the next day on.
export function fillFrom(node, value, build) {
  const key = `${new Date().toDateString()} ${JSON.stringify(value)}`;
  if (builtFrom.get(node) === key) return;
  builtFrom.set(node, key);
  node.replaceChildren(...[build(value)].flat().filter(Boolean));
}

// As many children as items, each changed in place: selection, focus and scroll stay.
export function inStep(parent, items, make, update) {
  while (parent.children.length > items.length) parent.lastElementChild.remove();
  while (parent.children.length < items.length) parent.append(make());
  items.forEach((item, at) => update(parent.children[at], item));
}

// One child for each item, in that order. A child stays the same element as long as its item's key is there, and is
// moved only if it must be: moving takes the focus away.
export function keepInStep(parent, items, keyOf, make, update) {
  const wanted = new Set(items.map(keyOf));
  for (const child of [...parent.children]) if (!wanted.has(child.dataset.key)) child.remove();
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const child = known.get(keyOf(item)) ?? make(item);
    child.dataset.key = keyOf(item);
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
    update(child, item);
  }
}

// Buttons of which one is chosen. `choices`: [value, label]; calls back with the value.
export function choice(parent, choices, chosen, onChange) {
  const buttons = choices.map(([value, label]) => {
    const button = h("button", { type: "button", "aria-pressed": String(value === chosen) }, label);
    button.addEventListener("click", () => {
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      onChange(value);
    });
    return button;
  });
  parent.append(...buttons);
}
