/** Whether keys belong to what has the focus, and not to the page. */
export function isTyping(target: EventTarget | null): boolean {
  const typed =
    "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable], [role=dialog]";
  return target instanceof Element && target.closest(typed) !== null;
}
