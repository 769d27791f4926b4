import { useEffect, type RefObject } from 'react';

/** The parts of a page that can be gone back to. */
const PARTS = 'dialog, section, li, main';

/**
 * When what has the focus goes away, such as the button of something that is done, the focus stays near: at the part of the
 * page where it was. The browser would begin anew at the top of the page, and nobody would say so.
 */
export function useKeptFocus(page: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const root = page.current;
    if (root === null) return;
    let focused: Element | null = null;
    let around: readonly HTMLElement[] = [];
    const remember = ({ target }: FocusEvent): void => {
      if (!(target instanceof Element)) return;
      focused = target;
      around = partsAround(target);
    };
    const observer = new MutationObserver(() => {
      if (focused === null || focused.isConnected || document.activeElement !== document.body) return;
      const part = around.find(({ isConnected }) => isConnected);
      if (part === undefined) return;
      if (!part.hasAttribute('tabindex')) part.tabIndex = -1;
      part.focus({ preventScroll: true });
    });
    root.addEventListener('focusin', remember);
    observer.observe(root, { childList: true, subtree: true });
    return () => {
      root.removeEventListener('focusin', remember);
      observer.disconnect();
    };
  }, [page]);
}

/** From the nearest on. */
function partsAround(element: Element): readonly HTMLElement[] {
  const parts: HTMLElement[] = [];
  for (let part = element.closest<HTMLElement>(PARTS); part !== null;) {
    parts.push(part);
    part = part.parentElement?.closest<HTMLElement>(PARTS) ?? null;
  }
  return parts;
}
