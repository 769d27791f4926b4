import { loadMessages } from './messages.js';
import { Page } from './page.js';
import { listenForRows } from './row-store.js';

/** @import { ViewerModel } from '../model.ts' */

/** @param {string} id */
function embedded(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? 'null');
}

/** @type {ViewerModel} */
const model = embedded('model');
loadMessages(embedded('messages'), model);
listenForRows();
const root = document.getElementById('app');
if (root !== null) {
  const page = new Page(model, root);
  page.draw();
  const opened = /^#data-(.+)$/.exec(decodeURIComponent(location.hash))?.[1];
  if (opened !== undefined) page.openSection(opened);
  window.addEventListener('beforeprint', () => void page.openForPrint());
  window.addEventListener('afterprint', () => page.closeAfterPrint());
}
