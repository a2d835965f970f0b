const key = "hutch.open-with";

/** The program that the user chose last in this browser. */
export function keptProgram(): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    // No storage in this browser.
    return undefined;
  }
}

export function keepProgram(program: string): void {
  try {
    localStorage.setItem(key, program);
  } catch {
    // Without room in the storage it is asked again.
  }
}
