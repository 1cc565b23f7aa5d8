"use client";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useMemo, useState } from "react";
import { useFilterKey } from "#components/keyboard/filter-key.ts";
import { cn } from "#components/ui/cn.ts";
import { controlClass, Input } from "#components/ui/field.tsx";
import { plural } from "#components/ui/format.ts";
import { Skeleton } from "#components/ui/notice.tsx";
import { Segments } from "#components/ui/segments.tsx";
import { useAddress } from "#components/ui/use-address.ts";
import { Waiting } from "#components/ui/waiting.tsx";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";
import { environmentQueries } from "./queries.ts";
import { filterResources, RESOURCE_STATES, type ResourceState } from "./resource-rows.ts";
import { ResourceTree } from "./resource-tree.tsx";

const ResourceGraph = dynamic(() => import("./resource-graph.tsx").then((module) => module.ResourceGraph), {
  ssr: false,
  loading: () => (
    <div role="status" aria-label="Loading">
      <Skeleton className="h-60" />
    </div>
  ),
});
const ResourceDrawer = dynamic(
  () => import("./resource-drawer.tsx").then((module) => module.ResourceDrawer),
  { ssr: false },
);

const STATE_WORDS: Record<ResourceState, string> = {
  differs: "differ",
  unhealthy: "do not work",
  moving: "are moving",
  unknown: "are unknown",
  well: "are well",
};

/** Every object of the environment with what it made: a tree or a graph, worst first, and each one's manifest. */
export function Resources({ org, environment }: { org: string; environment: EnvironmentDetail }) {
  const query = useQuery(environmentQueries.resources(org, environment.id));
  const [address, change] = useAddress();
  const [text, setText] = useState(address.get("q") ?? "");
  const kind = address.get("kind");
  const state = RESOURCE_STATES.find((one) => one === address.get("state")) ?? null;
  const view = address.get("view") === "graph" ? "graph" : "tree";
  const asked = address.get("object");
  const input = useFilterKey();
  const all = query.data?.resources;
  const rows = useMemo(() => filterResources(all ?? [], { text, kind, state }), [all, text, kind, state]);
  const kinds = useMemo(() => [...new Set((all ?? []).map(({ ref }) => ref.kind))].sort(), [all]);
  if (!all) return <Waiting query={query} rows={8} className="h-9" />;
  const open = (key: string | null) => change({ object: key }, key ? "push" : "replace");
  return (
    <>
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <Input
          ref={input}
          type="search"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            change({ q: event.target.value });
          }}
          placeholder="Filter by name, namespace, state  /"
          aria-label="Filter objects"
          className="w-auto min-w-0 flex-[1_1_220px] md:max-w-[300px]"
        />
        <select
          aria-label="Kind"
          value={kind ?? ""}
          onChange={(event) => change({ kind: event.target.value })}
          className={cn(controlClass, "w-auto max-w-[180px]")}
        >
          <option value="">Every kind</option>
          {kinds.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
        <select
          aria-label="State"
          value={state ?? ""}
          onChange={(event) => change({ state: event.target.value })}
          className={cn(controlClass, "w-auto")}
        >
          <option value="">In any state</option>
          {RESOURCE_STATES.map((one) => (
            <option key={one} value={one}>
              that {STATE_WORDS[one]}
            </option>
          ))}
        </select>
        <span className="text-ink-3" role="status">
          {rows.length === all.length ? plural(all.length, "object") : `${rows.length} of ${all.length}`}
        </span>
        <Segments
          label="How they are shown"
          value={view}
          options={[
            ["tree", "Tree"],
            ["graph", "Graph"],
          ]}
          onChange={(next) => change({ view: next === "graph" ? "graph" : null })}
          className="ml-auto"
        />
      </div>
      {rows.length === 0 ? (
        <p className="py-6 text-ink-2">
          {all.length === 0 ? "This environment has no objects yet." : "No object matches."}{" "}
          {all.length > 0 && (
            <button
              type="button"
              className="link"
              onClick={() => {
                setText("");
                change({ q: null, kind: null, state: null });
              }}
            >
              Show all
            </button>
          )}
        </p>
      ) : view === "graph" ? (
        <ResourceGraph environment={environment} objects={rows} onOpen={open} />
      ) : (
        <ResourceTree rows={rows} onOpen={open} />
      )}
      {asked && (
        <ResourceDrawer org={org} environment={environment} objectKey={asked} onClose={() => open(null)} />
      )}
    </>
  );
}
