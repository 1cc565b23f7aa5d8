"use client";
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import { useMemo, useState } from "react";
import { DiffView } from "#components/diff/diff-view.tsx";
import { oneSidedLines } from "#components/diff/object-lines.ts";
import { signOfHealth, signOfSync } from "#components/state/state.ts";
import { StateBadge } from "#components/state/state-badge.tsx";
import { CopyButton } from "#components/ui/copy.tsx";
import { Segments } from "#components/ui/segments.tsx";
import { useAddress } from "#components/ui/use-address.ts";
import { Waiting } from "#components/ui/waiting.tsx";
import type { EnvironmentDetail, ObjectDetail } from "#lib/environments/schemas.ts";
import { ChildList, EventList } from "./children.tsx";
import { objectSentences } from "./object-summary.ts";
import { environmentQueries } from "./queries.ts";

/** One object at the side of the page: how it is and why, what it made, and its masked manifests. */
export function ResourceDrawer({
  org,
  environment,
  objectKey,
  onClose,
}: {
  org: string;
  environment: EnvironmentDetail;
  objectKey: string;
  onClose: () => void;
}) {
  const query = useQuery(environmentQueries.object(org, environment.id, objectKey));
  const [, kind = "", namespace = "", name = ""] = objectKey.split("/");
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-[#0b0d1033] print:hidden" />
        <Dialog.Content className="fixed inset-y-0 right-0 z-50 flex w-full max-w-[680px] flex-col border-l border-line-strong bg-paper outline-none">
          <header className="flex items-start justify-between gap-4 border-b border-line px-5 py-3.5">
            <div className="min-w-0">
              <Dialog.Title className="text-lg font-semibold tracking-[-0.01em] [overflow-wrap:anywhere]">
                {kind} {namespace && <span className="font-normal text-ink-3">{namespace}/</span>}
                {name}
              </Dialog.Title>
              <Dialog.Description className="text-ink-3">
                of {environment.name} on {environment.cluster.name}
              </Dialog.Description>
            </div>
            <Dialog.Close
              className="-mr-1 rounded-md p-1 text-ink-3 hover:bg-sunken hover:text-ink"
              aria-label="Close"
            >
              <X size={16} />
            </Dialog.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">
            {query.data ? <Body object={query.data} /> : <Waiting query={query} rows={10} className="h-5" />}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Body({ object }: { object: ObjectDetail }) {
  const [, change] = useAddress();
  const place = object.source && `${object.source.file}${object.source.line ? `:${object.source.line}` : ""}`;
  const sentences = objectSentences(object);
  const differs = object.sync === "Modified" || object.sync === "Missing" || object.sync === "Extra";
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-1">
        <StateBadge sign={signOfSync(object.sync, object.cause)} word={object.sync} />
        <StateBadge sign={signOfHealth(object.health)} word={object.health} />
        {differs && (
          <button
            type="button"
            className="link text-ink-2"
            onClick={() => change({ tab: null, q: null, kind: null, state: null, view: null }, "push")}
          >
            See what differs
          </button>
        )}
      </div>
      {sentences.length > 0 && (
        <div className="text-ink-2 [overflow-wrap:anywhere]">
          {sentences.map((text) => (
            <p key={text}>{text}</p>
          ))}
        </div>
      )}
      {object.health === "Healthy" && object.healthReason && (
        <p className="text-ink-2">{object.healthReason}</p>
      )}
      {place && (
        <p className="flex items-center gap-1 text-ink-3">
          <span className="mono [overflow-wrap:anywhere]">{place}</span>
          <CopyButton text={place} label="Copy the place in Git" />
        </p>
      )}
      {object.children && (
        <section>
          <h3 className="mb-1 text-xs text-ink-3">What it made</h3>
          <ChildList object={object} />
        </section>
      )}
      {object.events && <EventList events={object.events} />}
      <Manifests object={object} />
    </div>
  );
}

/** The manifest of each side; secret values were taken out before it left the cluster. */
function Manifests({ object }: { object: ObjectDetail }) {
  const sides = [
    ...(object.desired === undefined ? [] : [["git", "As Git says"] as const]),
    ...(object.observed === undefined ? [] : [["cluster", "As the cluster has it"] as const]),
  ];
  const [chosen, setChosen] = useState<"git" | "cluster">("git");
  const side = sides.find(([one]) => one === chosen)?.[0] ?? sides[0]?.[0];
  const manifest = side === "cluster" ? object.observed : object.desired;
  const lines = useMemo(() => (manifest === undefined ? [] : oneSidedLines(manifest, "same")), [manifest]);
  if (!side) return <p className="text-ink-3">Its manifest has not arrived yet.</p>;
  return (
    <section aria-label="Manifest" className="overflow-hidden rounded-lg border border-line bg-raised">
      <div className="flex items-center justify-between gap-3 border-b border-line px-2 py-1.5">
        <Segments label="Which side" value={side} options={sides} onChange={setChosen} />
        <CopyButton text={`${lines.map(({ text }) => text).join("\n")}\n`} label="Copy the manifest" />
      </div>
      <DiffView pieces={[{ folded: false, lines }]} />
    </section>
  );
}
