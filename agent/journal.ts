import {
  closeSync,
  constants,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";

/** Where a key's newest text stands in the file, in bytes. */
type Place = { at: number; bytes: number };

/** Texts by key in one file. */
export type Journal = ReturnType<typeof openJournal>;

const CHUNK_BYTES = 1024 * 1024;
/** Less than this of what nobody needs any more is not worth a thought. */
const ROOM_BYTES = 1024 * 1024;
/** What asks to survive a loss of power does so after at most this long. */
const FLUSH_MS = 500;
const NEW_LINE = 10;
const OPEN = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND;

/**
 * Opens texts that are kept by key in one file, a line each, which is only ever added to: making, renaming and
 * removing a file for each costs a file system many times what writing a few kilobytes does. Whatever was put is
 * there after the process was killed; a line that was cut short or damaged counts as never written. `seen` hears of
 * every key that the file still tells of, dropped ones too; `forgetting` is called before it forgets those.
 */
export function openJournal(
  file: string,
  options: { seen?: (key: string) => void; forgetting?: () => void } = {},
) {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  let handle = openSync(file, OPEN, 0o600);
  const { places, end: wholeLines } = scan(handle, options.seen);
  let end = wholeLines;
  let live = [...places.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  let flush: NodeJS.Timeout | null = null;
  ftruncateSync(handle, end);

  function append(line: Buffer): void {
    try {
      writeAll(handle, line, end);
    } catch (error) {
      // Half a line is no line, and the next one begins where it began.
      ftruncateSync(handle, end);
      throw error;
    }
    end += line.length;
  }

  function forget(key: string): void {
    live -= places.get(key)?.bytes ?? 0;
    places.delete(key);
  }

  function read(key: string): string {
    const place = places.get(key);
    if (!place) throw new Error(`The journal has no ${key}.`);
    const text = Buffer.allocUnsafe(place.bytes);
    const count = readSync(handle, text, 0, place.bytes, place.at);
    if (count < place.bytes) throw new Error(`The journal's ${key} was cut short.`);
    return text.toString("utf8");
  }

  /** Forgets what nobody needs any more, once it is most of the file: that costs as much as it has saved. */
  function tidy(): void {
    if (end < 2 * live + ROOM_BYTES) return;
    options.forgetting?.();
    if (places.size > 0) rewrite();
    else {
      ftruncateSync(handle, 0);
      end = 0;
    }
  }

  function rewrite(): void {
    const temporary = `${file}.new`;
    const next = openSync(temporary, OPEN | constants.O_TRUNC, 0o600);
    const moved = new Map<string, Place>();
    let at = 0;
    try {
      for (const key of places.keys()) {
        const { line, textAt, bytes } = lineOf(key, read(key));
        writeAll(next, line, at);
        moved.set(key, { at: at + textAt, bytes });
        at += line.length;
      }
      fsyncSync(next);
      renameSync(temporary, file);
    } catch (error) {
      closeSync(next);
      throw error;
    }
    closeSync(handle);
    handle = next;
    end = at;
    for (const [key, place] of moved) places.set(key, place);
  }

  /** A full disk keeps the file as it is, which costs room and nothing else. */
  function tidyWhereItCan(): void {
    try {
      tidy();
    } catch {
      // Tried again with the next change.
    }
  }

  return {
    keys: (): string[] => [...places.keys()],

    /** The newest text of a key; throws where there is none. */
    read,

    /** Keeps a text under a key, without spaces and in ASCII; the text is one line. Throws where the disk refuses. */
    put(key: string, text: string): void {
      const { line, textAt, bytes } = lineOf(key, text);
      const at = end + textAt;
      append(line);
      forget(key);
      places.set(key, { at, bytes });
      live += bytes;
      tidyWhereItCan();
    },

    /** Forgets a key; where the disk refuses, only until the next start. */
    drop(key: string): void {
      if (!places.has(key)) return;
      forget(key);
      try {
        append(lineOf(key, null).line);
      } catch {
        // It is found again by the next process, whose business is the same as ours was.
      }
      tidyWhereItCan();
    },

    /** Sees to it, without waiting, that what was put survives a loss of power as well: many puts at once. */
    flushSoon(): void {
      if (flush) return;
      flush = setTimeout(() => {
        flush = null;
        fdatasync(handle, () => {});
      }, FLUSH_MS);
      flush.unref();
    },
  };
}

/** `<checksum> <key> <text>`, or `<checksum> <key>` where the key is dropped. */
function lineOf(key: string, text: string | null): { line: Buffer; textAt: number; bytes: number } {
  const said = text === null ? key : `${key} ${text}`;
  const checksum = String(crc32(said));
  const line = Buffer.from(`${checksum} ${said}\n`);
  const textAt = checksum.length + 1 + key.length + 1;
  return { line, textAt, bytes: line.length - textAt - 1 };
}

function scan(handle: number, seen: ((key: string) => void) | undefined) {
  const places = new Map<string, Place>();
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let rest: Buffer = Buffer.alloc(0);
  let restAt = 0;
  for (let at = 0; ; ) {
    const count = readSync(handle, chunk, 0, chunk.length, at);
    if (count === 0) return { places, end: restAt };
    at += count;
    const text = Buffer.concat([rest, chunk.subarray(0, count)]);
    let start = 0;
    for (let end = text.indexOf(NEW_LINE); end >= 0; end = text.indexOf(NEW_LINE, start)) {
      note(places, text.subarray(start, end), restAt + start, seen);
      start = end + 1;
    }
    rest = text.subarray(start);
    restAt += start;
  }
}

function note(
  places: Map<string, Place>,
  line: Buffer,
  at: number,
  seen: ((key: string) => void) | undefined,
): void {
  const keyAt = line.indexOf(" ") + 1;
  const said = line.subarray(keyAt);
  if (keyAt === 0 || String(crc32(said)) !== line.toString("latin1", 0, keyAt - 1)) return;
  const space = said.indexOf(" ");
  const key = said.toString("latin1", 0, space < 0 ? said.length : space);
  seen?.(key);
  places.delete(key);
  if (space < 0) return;
  const textAt = keyAt + space + 1;
  places.set(key, { at: at + textAt, bytes: line.length - textAt });
}

function writeAll(handle: number, content: Buffer, position: number): void {
  for (let at = 0; at < content.length; )
    at += writeSync(handle, content, at, content.length - at, position + at);
}
