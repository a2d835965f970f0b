/** How counts become colours. */
export interface Contrast {
  /** The count that is drawn as nothing. */
  low: number;
  /** The count that is drawn in full. */
  high: number;
  scale: "linear" | "log";
  colours: "inverted" | "grey" | "heat";
}

export const scales = ["linear", "log"] as const;
export const palettes = ["inverted", "grey", "heat"] as const;

/** What has no valid count, and what has more than is trusted. Neither is in any scale of colours. */
export const maskedColour = [0.62, 0.71, 0.87] as const;
export const saturatedColour = [0.86, 0.1, 0.52] as const;

/** A colour as style sheets write it. */
export function css([red, green, blue]: readonly [number, number, number]): string {
  return `rgb(${Math.round(red * 255)} ${Math.round(green * 255)} ${Math.round(blue * 255)})`;
}

/** How far a count is between nothing and full, 0 to 1: as the shader computes it. */
export function shareOf(count: number, { low, high, scale }: Contrast): number {
  const span = Math.max(high - low, 1e-6);
  const share = scale === "log" ? Math.log(1 + Math.max(count - low, 0)) / Math.log(1 + span) : (count - low) / span;
  return Math.min(1, Math.max(0, share));
}

/** Whether text on this count must be light. */
export function isDark(count: number, contrast: Contrast): boolean {
  const share = shareOf(count, contrast);
  return contrast.colours === "inverted" ? share > 0.5 : share < (contrast.colours === "heat" ? 0.4 : 0.5);
}
