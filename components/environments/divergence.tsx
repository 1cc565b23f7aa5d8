"use client";
import { ChevronRight } from "lucide-react";
import dynamic from "next/dynamic";
import { useEffect, useRef, useState } from "react";
import type { DiffLook } from "#components/diff/diff-view.tsx";
import { useCommands } from "#components/keyboard/commands.ts";
import { useListKeys } from "#components/keyboard/list-keys.ts";
import { StateBadge } from "#components/state/state-badge.tsx";
import { CopyButton } from "#components/ui/copy.tsx";
import { plural } from "#components/ui/format.ts";
import { useMarked } from "#components/ui/marked.ts";
import { Segments } from "#components/ui/segments.tsx";
import { useAddress } from "#components/ui/use-address.ts";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";
import type { FieldChange, ObjectRef } from "#lib/protocol/object.ts";
import { objectKey } from "#lib/protocol/object-key.ts";
import { ObjectEvidence } from "./object-diff.tsx";
import { objectSummary, signOfObject } from "./object-summary.ts";

const IgnoreDialog = dynamic(() => import("./ignore-dialog.tsx").then((module) => module.IgnoreDialog), {
  ssr: false,
});

/** Up to so many objects are open from the start. */
const OPEN = 4;

/** Every object that is not what Git says, field by field, with its author in the margin. */
export function Divergence({ org, environment }: { org: string; environment: EnvironmentDetail }) {
  const { divergent, divergentCount } = environment;
  const [address, change] = useAddress();
  const asked = address.get("object");
  const look: DiffLook = address.get("diff") === "split" ? "split" : "unified";
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [ignoring, setIgnoring] = useState<{ ref: ObjectRef; change: FieldChange } | null>(null);
  const list = useListKeys<HTMLDivElement>();
  useDifferenceKeys(list);
  useAsked(list, asked);
  if (divergent.length === 0)
    return (
      <p className="py-8 text-ink-2">
        {environment.state === "Converged"
          ? "Nothing differs. Every field Git sets has the value Git says, in every object."
          : environment.causes.includes("pending")
            ? "No object differs yet: what Git says now has not been compared."
            : "No object is known to differ."}
      </p>
    );
  const isOpen = (key: string, index: number) =>
    toggled.get(key) ?? (divergent.length <= OPEN || index < 1 || key === asked);
  const all = divergent.every(({ ref }, index) => isOpen(objectKey(ref), index));
  return (
    <div ref={list} className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-sm text-ink-3 print:hidden">
        <span>
          {plural(divergentCount, "object")}
          {divergentCount > divergent.length && `, the first ${divergent.length} of them here`}
          {divergent.length > 1 && (
            <button
              type="button"
              className="link ml-3"
              onClick={() => setToggled(new Map(divergent.map(({ ref }) => [objectKey(ref), !all])))}
            >
              {all ? "Close all" : "Open all"}
            </button>
          )}
        </span>
        <Segments
          label="How the two sides are shown"
          value={look}
          options={[
            ["unified", "Unified"],
            ["split", "Side by side"],
          ]}
          onChange={(value) => change({ diff: value === "split" ? "split" : null })}
        />
      </div>
      {divergent.map((object, index) => {
        const key = objectKey(object.ref);
        const open = isOpen(key, index);
        return (
          <section
            key={key}
            data-row={index}
            data-object={key}
            className="scroll-mt-20 overflow-hidden rounded-lg border border-line bg-raised"
            aria-label={`${object.ref.kind} ${object.ref.name}`}
          >
            <ObjectHead
              object={object}
              open={open}
              onToggle={() => {
                setToggled(new Map(toggled).set(key, !open));
                change({ object: open ? null : key });
              }}
            />
            {open && (
              <div className="border-t border-line">
                <ObjectEvidence
                  org={org}
                  environment={environment}
                  object={object}
                  look={look}
                  onIgnore={setIgnoring}
                />
              </div>
            )}
          </section>
        );
      })}
      {ignoring && (
        <IgnoreDialog environment={environment.name} about={ignoring} onClose={() => setIgnoring(null)} />
      )}
    </div>
  );
}

function ObjectHead({
  object,
  open,
  onToggle,
}: {
  object: EnvironmentDetail["divergent"][number];
  open: boolean;
  onToggle: () => void;
}) {
  const { ref, source } = object;
  const { sign, word } = signOfObject(object);
  const marked = useMarked<HTMLElement>([object.sync, object.health, object.changes]);
  const place = source && `${source.file}${source.line ? `:${source.line}` : ""}`;
  return (
    <header
      ref={marked}
      className="flex flex-wrap items-center justify-between gap-x-4 gap-y-0.5 py-2 pl-2 pr-3.5"
    >
      <h3 className="min-w-0 max-w-full flex-[1_1_260px]">
        <button
          type="button"
          aria-expanded={open}
          onClick={onToggle}
          className="flex w-full min-w-0 items-start gap-1 text-left focus-visible:outline-offset-[-1px]"
        >
          <ChevronRight
            size={14}
            className={`mt-[3px] shrink-0 text-ink-3 transition-transform ${open ? "rotate-90" : ""}`}
          />
          <span className="min-w-0 [overflow-wrap:anywhere]">
            <b className="font-[550]">{ref.kind}</b> {ref.namespace && `${ref.namespace}/`}
            {ref.name}
            {!open && <span className="block truncate text-sm text-ink-3">{objectSummary(object)}</span>}
          </span>
        </button>
      </h3>
      <span className="flex min-w-0 items-center gap-4 text-sm text-ink-3 max-md:pl-[18px]">
        {place && open && (
          <span className="flex min-w-0 items-center">
            <span className="mono truncate" title={place}>
              {place}
            </span>
            <CopyButton text={place} label="Copy the place in Git" className="print:hidden" />
          </span>
        )}
        <StateBadge sign={sign} word={word} />
      </span>
    </header>
  );
}

/** n and p walk through the differences of all open objects. */
function useDifferenceKeys(list: React.RefObject<HTMLElement | null>) {
  const step = (by: 1 | -1) => {
    const all = [...(list.current?.querySelectorAll<HTMLElement>("[data-difference]") ?? [])];
    if (all.length === 0) return false;
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = at < 0 ? (by === 1 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
    all[next]?.focus({ preventScroll: true });
    all[next]?.scrollIntoView({ block: "nearest" });
  };
  useCommands([
    { keys: "n", does: "Next difference", group: "This page", run: () => step(1) },
    { keys: "p", does: "Previous difference", group: "This page", run: () => step(-1) },
  ]);
}

/** An address that names an object leads to it. */
function useAsked(list: React.RefObject<HTMLElement | null>, asked: string | null) {
  const first = useRef(asked);
  useEffect(() => {
    if (!first.current) return;
    const key = first.current;
    first.current = null;
    [...(list.current?.querySelectorAll<HTMLElement>("[data-object]") ?? [])]
      .find((one) => one.dataset.object === key)
      ?.scrollIntoView({ block: "start" });
  }, [list]);
}
