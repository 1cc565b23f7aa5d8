"use client";
import type { ReactNode } from "react";
import { ProvenanceOf } from "#components/history/provenance.tsx";
import type { RollbackTarget } from "#components/pull-requests/rollback-dialog.tsx";
import { WaysFrom } from "#components/pull-requests/ways-from.tsx";
import { Sha } from "#components/ui/copy.tsx";
import { exactTime, plural } from "#components/ui/format.ts";
import { Clock, Time } from "#components/ui/time.tsx";
import { HistoryLine } from "./history-line.tsx";
import { type SyncEntry, syncSteps, syncWord, touchedObjects } from "./sync-steps.ts";

const TOLD = 2;

/** One sync of history: how it ended, what it did, how long each step took, and what held it up. */
export function SyncLine({
  entry,
  onRollBack,
}: {
  entry: SyncEntry;
  onRollBack: ((target: RollbackTarget) => void) | undefined;
}) {
  const { word, sign } = syncWord(entry);
  const touched = touchedObjects(entry);
  const changed = touched.filter((object) => object.action !== "failed" && object.action !== "skipped");
  return (
    <HistoryLine
      sign={sign}
      title={
        <>
          <b className="font-[550]">{word}</b> <Sha revision={entry.revision} />
          {entry.proven && ", proven"} {entry.commit?.subject}
          {entry.rolledBack !== null && (
            <span className="text-ink-3"> rolled back: “{entry.rolledBack}”</span>
          )}
        </>
      }
    >
      <Clock at={entry.at} />,{" "}
      {entry.commit && (
        <>
          {entry.commit.author}
          <ProvenanceOf provenance={entry.commit.provenance} />,{" "}
        </>
      )}
      {triggerWords(entry)}
      {changed.length > 0 && `, ${plural(changed.length, "object")} changed`}
      <Steps entry={entry} />
      {entry.message && (
        <span className={sign === "failed" ? "block text-failed" : "block"}>{entry.message}</span>
      )}
      <Touched objects={touched} />
      {onRollBack && <WaysFrom entry={entry} onTarget={onRollBack} />}
      <span className="sr-only">
        <Time at={entry.at} />
      </span>
    </HistoryLine>
  );
}

/** "committed, 1 s → noticed, 3 s → applied, 5 s → converged", each with its exact time on hover. */
function Steps({ entry }: { entry: SyncEntry }) {
  const steps = syncSteps(entry);
  if (steps.length === 0) return null;
  return (
    <span className="block">
      {steps.map((step, index) => (
        <span key={step.name} className="whitespace-nowrap">
          {index > 0 && (
            <>
              {" "}
              {step.after && <b className="font-[550] text-ink-2">{step.after}</b>}{" "}
              <span aria-hidden="true">→</span>
              <span className="sr-only">until</span>{" "}
            </>
          )}
          <time dateTime={step.at} title={exactTime(step.at)} suppressHydrationWarning>
            {step.name}
          </time>
        </span>
      ))}
    </span>
  );
}

/** What was done to which object; what has something to say is said at once, the rest on asking. */
function Touched({ objects }: { objects: SyncEntry["objects"] }) {
  const told = objects.filter((object) => object.message).slice(0, TOLD);
  const rest = objects.slice(told.length);
  const line = (object: SyncEntry["objects"][number]): ReactNode => (
    <li
      key={`${object.ref.group}/${object.ref.kind}/${object.ref.namespace}/${object.ref.name}`}
      className={object.action === "failed" ? "text-failed" : undefined}
    >
      {object.ref.kind}/{object.ref.name} {object.action}
      {object.message && `: ${object.message}`}
    </li>
  );
  if (objects.length === 0) return null;
  return (
    <>
      {told.length > 0 && <ul>{told.map(line)}</ul>}
      {rest.length > 0 && (
        <details>
          <summary className="w-fit hover:text-ink">
            {told.length > 0 ? `${rest.length} more` : rest.length === 1 ? "Show it" : "Show them"}
          </summary>
          <ul className="pl-3">{rest.slice(0, 200).map(line)}</ul>
          {rest.length > 200 && <p className="pl-3">and {rest.length - 200} more</p>}
        </details>
      )}
    </>
  );
}

function triggerWords(entry: SyncEntry): string {
  const words: Record<string, string> = {
    start: "first look",
    commit: "by a commit",
    drift: "healed a hand edit",
    hint: "by a hint",
    resume: "on resuming",
    retry: "tried again",
    declaration: "declaration changed",
  };
  return entry.mode === "observe" ? "observed" : (words[entry.trigger] ?? entry.trigger);
}
