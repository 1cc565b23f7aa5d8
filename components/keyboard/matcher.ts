/** "j", "?", "mod+k" (⌘ or Ctrl), or a sequence: "g o". */
export type Keys = string;

type Pressed = Pick<KeyboardEvent, "key" | "metaKey" | "ctrlKey" | "altKey" | "timeStamp">;

/** How long the second key of a sequence is waited for. */
const patienceMs = 1500;

/**
 * Tells which keys were pressed, remembering the first of a sequence. `begins` says whether anything begins
 * with what was pressed so far; null where nothing does, or where more is waited for.
 */
export function createMatcher() {
  let first: { keys: Keys; at: number } | null = null;
  return (pressed: Pressed, begins: (keys: Keys) => boolean): Keys | null => {
    const key = nameOf(pressed);
    if (!key) return null;
    const sequence = first && pressed.timeStamp - first.at < patienceMs ? `${first.keys} ${key}` : null;
    first = null;
    if (sequence && begins(sequence)) return sequence;
    if (begins(`${key} `)) {
      first = { keys: key, at: pressed.timeStamp };
      return null;
    }
    return begins(key) ? key : null;
  };
}

function nameOf({ key, metaKey, ctrlKey, altKey }: Pressed): Keys | null {
  if (["Shift", "Control", "Meta", "Alt", "CapsLock", "Dead"].includes(key)) return null;
  if (altKey || (metaKey && ctrlKey)) return null;
  if (metaKey || ctrlKey) return `mod+${key.toLowerCase()}`;
  return key.length === 1 ? key : key.toLowerCase();
}
