/** Saves a file that the page made. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = fileNameOf(name);
  link.click();
  URL.revokeObjectURL(link.href);
}

/** A name that every system takes. */
export function fileNameOf(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: some systems refuse them
  return name.replace(/[\u0000-\u001f<>:"/\\|?*]+/g, "_").replace(/^[. ]+|[. ]+$/g, "") || "picture";
}

/** One picture of canvases of the same size that lie over each other, on a ground. */
export function stacked(layers: HTMLCanvasElement[], ground: string): HTMLCanvasElement {
  const picture = document.createElement("canvas");
  picture.width = layers[0]?.width ?? 1;
  picture.height = layers[0]?.height ?? 1;
  const context = picture.getContext("2d") as CanvasRenderingContext2D;
  context.fillStyle = ground;
  context.fillRect(0, 0, picture.width, picture.height);
  for (const layer of layers) context.drawImage(layer, 0, 0);
  return picture;
}

/** The colour behind an element: its own, or that of what it lies in. */
export function groundOf(element: Element | null): string {
  for (let each = element; each; each = each.parentElement) {
    const colour = getComputedStyle(each).backgroundColor;
    if (colour && colour !== "transparent" && !/^rgba\(.*, 0\)$/.test(colour)) return colour;
  }
  return "#fff";
}
