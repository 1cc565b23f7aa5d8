import { type FieldChange, objectKey, type ResourceStatus } from "../../lib/protocol/object.ts";

const WINDOW_MS = 5 * 60_000;
const MOST = 5;

/** A field that Git and someone else keep taking from each other. */
export type Fight = { status: ResourceStatus; change: FieldChange | null };

/** Counts how often each field is put back, so that two writers do not undo each other for ever. */
export type Fights = ReturnType<typeof openFights>;

/** At most five times in five minutes; then the object is left as it is until the window has passed. */
export function openFights() {
  const times = new Map<string, number[]>();
  const keysOf = (status: ResourceStatus): { key: string; change: FieldChange | null }[] => {
    const counting = status.changes.filter(({ counts }) => counts);
    const object = objectKey(status.ref);
    return counting.length === 0
      ? [{ key: object, change: null }]
      : counting.map((change) => ({ key: `${object} ${change.pointer}`, change }));
  };
  const recent = (key: string, now: number) => {
    const list = (times.get(key) ?? []).filter((time) => now - time < WINDOW_MS);
    if (list.length > 0) times.set(key, list);
    else times.delete(key);
    return list;
  };
  return {
    /** The first field of this object that has been put back too often, if any. */
    find(status: ResourceStatus, now: number): Fight | undefined {
      const found = keysOf(status).find(({ key }) => recent(key, now).length >= MOST);
      return found && { status, change: found.change };
    },
    /** The differing fields of this object are being put back now. */
    note(status: ResourceStatus, now: number): void {
      for (const { key } of keysOf(status)) times.set(key, [...recent(key, now), now]);
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
    `${what} was put back ${MOST} times in five minutes, and ${other} keeps changing it: it is left as it is for now. ` +
    `Both ${fieldManager} and ${change?.by?.manager ?? "another manager"} write it; remove it from Git, or stop the other.`
  );
}
