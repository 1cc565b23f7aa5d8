"use client";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { ChevronRight } from "lucide-react";
import { useLayoutEffect, useState } from "react";
import { useListKeys } from "#components/keyboard/list-keys.ts";
import { signOfHealth, signOfSync } from "#components/state/state.ts";
import { StateBadge } from "#components/state/state-badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { plural } from "#components/ui/format.ts";
import type { ResourceRow } from "#lib/environments/schemas.ts";
import { objectKey } from "#lib/protocol/object-key.ts";
import { objectSentences } from "./object-summary.ts";
import { type TreeRow, treeRows } from "./resource-rows.ts";

const ROW = 37;
const GRID = "md:grid md:grid-cols-[minmax(0,1.1fr)_120px_130px_minmax(0,1fr)] md:gap-x-3";

/** Objects and, beneath those that are open, what they made; only what is in view is in the document. */
export function ResourceTree({
  rows,
  onOpen,
}: {
  rows: readonly ResourceRow[];
  onOpen: (key: string) => void;
}) {
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const isOpen = (row: ResourceRow) =>
    toggled.get(objectKey(row.ref)) ?? (row.health === "Degraded" || row.health === "Progressing");
  const lines = treeRows(rows, isOpen);
  const [top, setTop] = useState(0);
  const virtual = useWindowVirtualizer({
    count: lines.length,
    estimateSize: () => ROW,
    overscan: 12,
    scrollMargin: top,
    getItemKey: (index) => lines[index]?.key ?? index,
  });
  const list = useListKeys<HTMLUListElement>({
    count: lines.length,
    scrollTo: (index) => virtual.scrollToIndex(index),
  });
  useLayoutEffect(() => {
    if (list.current) setTop(list.current.getBoundingClientRect().top + window.scrollY);
  }, [list]);
  const toggle = (row: ResourceRow, open: boolean) =>
    setToggled(new Map(toggled).set(objectKey(row.ref), open));
  return (
    <>
      <div
        aria-hidden="true"
        className={`hidden border-b border-line py-1.5 text-xs font-medium text-ink-3 ${GRID}`}
      >
        <span className="pl-[22px]">Object</span>
        <span>Sync</span>
        <span>Health</span>
        <span>Why</span>
      </div>
      <ul ref={list} aria-label="Objects" className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const line = lines[item.index];
          if (!line) return null;
          return (
            <li
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              data-row={item.index}
              className="absolute inset-x-0 top-0 border-b border-line"
              style={{ transform: `translateY(${item.start - top}px)` }}
            >
              {"child" in line ? (
                <ChildRow line={line} onOpen={onOpen} />
              ) : (
                <ObjectRow line={line} onOpen={onOpen} onToggle={toggle} />
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}

const hrefOf = (key: string) => `?tab=resources&object=${encodeURIComponent(key)}`;

function Opener({
  objectKey: key,
  onOpen,
  children,
  ...rest
}: {
  objectKey: string;
  onOpen: (key: string) => void;
  children: React.ReactNode;
  onKeyDown?: (event: React.KeyboardEvent) => void;
}) {
  return (
    <a
      {...rest}
      href={hrefOf(key)}
      className="min-w-0 [overflow-wrap:anywhere] hover:underline hover:decoration-line-strong hover:underline-offset-[3px]"
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        onOpen(key);
      }}
    >
      {children}
    </a>
  );
}

function ObjectRow({
  line,
  onOpen,
  onToggle,
}: {
  line: Extract<TreeRow, { depth: 0 }>;
  onOpen: (key: string) => void;
  onToggle: (row: ResourceRow, open: boolean) => void;
}) {
  const { object, open, children } = line;
  const { ref } = object;
  const off = objectSentences(object).join(" ");
  const why = off || object.healthReason;
  return (
    <div className={`${GRID} py-2`}>
      <span className="flex min-w-0 items-start gap-1.5">
        <Opener
          objectKey={line.key}
          onOpen={onOpen}
          onKeyDown={(event) => {
            if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
            event.preventDefault();
            if (children > 0) onToggle(object, event.key === "ArrowRight");
          }}
        >
          <b className="font-[550]">{ref.kind}</b>{" "}
          {ref.namespace && <span className="text-ink-3">{ref.namespace}/</span>}
          {ref.name}
        </Opener>
        {children > 0 ? (
          <button
            type="button"
            aria-expanded={open}
            aria-label={`${open ? "Hide" : "Show"} what ${ref.name} made`}
            title={`${plural(children + (object.childrenLeft ?? 0), "object")} made`}
            onClick={() => onToggle(object, !open)}
            className="order-first -my-0.5 rounded-sm py-[3px] text-ink-3 hover:text-ink"
          >
            <ChevronRight size={16} className={open ? "rotate-90" : ""} />
          </button>
        ) : (
          <span className="order-first w-4 shrink-0" />
        )}
      </span>
      <span className="max-md:ml-[22px] max-md:mr-4 max-md:inline-block">
        <StateBadge sign={signOfSync(object.sync, object.cause)} word={object.sync} />
      </span>
      <span className="max-md:inline-block">
        <StateBadge sign={signOfHealth(object.health)} word={object.health} />
      </span>
      <span
        className={cn(
          "block min-w-0 max-md:ml-[22px] max-md:text-sm md:truncate",
          off ? "text-ink-2" : "text-ink-3 max-md:hidden",
        )}
        title={why}
      >
        {why}
      </span>
    </div>
  );
}

function ChildRow({
  line,
  onOpen,
}: {
  line: Extract<TreeRow, { depth: 1 | 2 }>;
  onOpen: (key: string) => void;
}) {
  const { child, depth, object } = line;
  const why = [child.reason, child.restarts && plural(child.restarts, "restart")].filter(Boolean).join(" ");
  return (
    <div className={`${GRID} py-1.5 text-ink-2`}>
      <span
        className="flex min-w-0 border-l border-line"
        style={{ marginLeft: 8 + (depth - 1) * 18, paddingLeft: 13 }}
      >
        <Opener objectKey={objectKey(object.ref)} onOpen={onOpen}>
          <span className="text-ink-3">{child.kind}</span> {child.name}
        </Opener>
      </span>
      <span className="max-md:hidden" />
      <span className="max-md:ml-[22px]">
        <StateBadge sign={signOfHealth(child.health)} word={child.health} />
      </span>
      <span className="block min-w-0 max-md:ml-[22px] max-md:text-sm md:truncate" title={why}>
        {why}
      </span>
    </div>
  );
}
