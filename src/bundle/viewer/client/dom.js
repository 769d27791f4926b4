/**
 * Elements are made, never parsed: whatever a person's data hold, it ends up as text.
 *
 * @typedef {Node | string | null | false | readonly (Node | string | null | false)[]} Child
 * @typedef {{ readonly [name: string]: string | number | boolean | null | undefined | ((event: Event) => void) }} Attributes
 */

/**
 * An element with attributes, listeners (`onclick` and the like) and children. An attribute that is null, undefined or
 * false is left out; true gives an empty one.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes | null} [attributes]
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  setAttributes(element, attributes ?? {});
  append(element, children);
  return element;
}

/**
 * The same for a drawing.
 *
 * @param {string} tag
 * @param {Attributes} attributes
 * @param {Child[]} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

/**
 * Text for those who hear the page and not for those who see it.
 *
 * @param {string} text
 */
export function unseen(text) {
  return h('span', { class: 'unseen' }, text);
}

/**
 * @param {Element} element
 * @param {Attributes} attributes
 */
function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value === true ? '' : String(value));
  }
}

/**
 * @param {Element} element
 * @param {readonly Child[]} children
 */
function append(element, children) {
  for (const child of children.flat()) {
    if (child !== null && child !== false) element.append(child);
  }
}
