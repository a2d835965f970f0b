/**
 * Mends what assistive technology stumbles over in H5Web 17: tabs that say `aria-checked` where they mean `aria-selected`, and
 * tabs that stand in no list of tabs.
 */
export function mend(root: ParentNode): void {
  for (const tab of root.querySelectorAll("[role=tab]")) {
    const checked = tab.getAttribute("aria-checked");
    if (checked !== null) {
      tab.setAttribute("aria-selected", checked);
      tab.removeAttribute("aria-checked");
    }
    if (tab.closest("[role=tablist]") === null) {
      tab.parentElement?.setAttribute("role", "tablist");
    }
  }
}

/** Mends an element and whatever is drawn in it; returns what ends that. */
export function keepMended(root: HTMLElement | null): (() => void) | undefined {
  if (root === null) return undefined;
  mend(root);
  const observer = new MutationObserver(() => mend(root));
  observer.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-checked"] });
  return () => observer.disconnect();
}
