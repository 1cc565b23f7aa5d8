import { type FieldChange, objectKey, type ResourceStatus } from "../../lib/protocol/object.ts";

const WINDOW_MS = 5 * 60_000;
const MOST = 5;
/** How long a field is left alone first; each time the other takes it again, twice as long. */
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;
/** So long after it was put back for the last time, the other is taken to have stopped. */
const CALM_MS = 60_000;

/** A field that Git and someone else keep taking from each other. */
export type Fight = { status: ResourceStatus; change: FieldChange | null };

/** Counts how often each field is put back, so that two writers do not undo each other for ever. */
export type Fights = ReturnType<typeof openFights>;

type Contest = { times: number[]; pauses: number; until: number };

/**
 * At most five times in five minutes; then a field is left as it is, for a minute first and twice as long each
 * time that it is taken again right after it was put back. One that stays as Git says starts anew.
 */
export function openFights() {
  const contests = new Map<string, Contest>();
  const keysOf = (status: ResourceStatus): { key: string; change: FieldChange | null }[] => {
    const counting = status.changes.filter(({ counts }) => counts);
    const object = objectKey(status.ref);
    return counting.length === 0
      ? [{ key: object, change: null }]
      : counting.map((change) => ({ key: `${object} ${change.pointer}`, change }));
  };
  const pauseOf = ({ pauses }: Contest) => Math.min(FIRST_PAUSE_MS * 2 ** (pauses - 1), LONGEST_PAUSE_MS);
  /** What is known of a field, as far as it is not too long ago to matter. */
  const recent = (key: string, now: number): Contest => {
    const known = contests.get(key) ?? { times: [], pauses: 0, until: 0 };
    const times = known.times.filter((time) => now - time < WINDOW_MS);
    const over = known.pauses > 0 && now > known.until + Math.max(pauseOf(known), WINDOW_MS);
    const contest = over ? { times, pauses: 0, until: 0 } : { ...known, times };
    if (contest.times.length === 0 && contest.pauses === 0) contests.delete(key);
    else contests.set(key, contest);
    return contest;
  };
  return {
    /** The first field of this object that is left alone for now, if any. */
    find(status: ResourceStatus, now: number): Fight | undefined {
      const found = keysOf(status).find(({ key }) => recent(key, now).until > now);
      return found && { status, change: found.change };
    },
    /** The differing fields of this object are being put back now. */
    note(status: ResourceStatus, now: number): void {
      for (const { key } of keysOf(status)) {
        const contest = recent(key, now);
        const times = [...contest.times, now];
        const again = contest.pauses > 0 || times.length >= MOST;
        const next = { times, pauses: contest.pauses + (again ? 1 : 0), until: contest.until };
        contests.set(key, again ? { ...next, until: now + pauseOf(next) } : next);
      }
    },
    /** Whether nobody has taken back, for a while, what was contested. */
    calm(now: number): boolean {
      return [...contests.values()].every(
        ({ times, pauses }) => pauses === 0 || now - (times.at(-1) ?? 0) >= CALM_MS,
      );
    },
    /** When the next field may be put back again, or can be called calm; null where nothing is contested. */
    nextAt(now: number): number | null {
      const at = [...contests.values()].flatMap(({ times, pauses, until }) =>
        pauses === 0 ? [] : [until, (times.at(-1) ?? 0) + CALM_MS].filter((one) => one > now),
      );
      return at.length > 0 ? Math.min(...at) : null;
    },
  };
}

/** The sentence that names the object, the field and both managers. */
export function fightSentence({ status, change }: Fight, fieldManager: string): string {
  const { kind, namespace, name } = status.ref;
  const object = namespace ? `${kind} ${namespace}/${name}` : `${kind} ${name}`;
  const other = change?.by ? `${change.by.who} (field manager ${change.by.manager})` : "someone else";
  const what = change ? `${change.path} of ${object}` : object;
  return (
    `${what} was put back again and again, and ${other} keeps changing it: it is left as it is for a while. ` +
    `Both ${fieldManager} and ${change?.by?.manager ?? "another manager"} write it; remove it from Git, or stop the other.`
  );
}
