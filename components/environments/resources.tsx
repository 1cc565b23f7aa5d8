"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { SIGN_ORDER, signOfHealth, signOfSync } from "#components/state/state.ts";
import { StateBadge } from "#components/state/state-badge.tsx";
import { Input } from "#components/ui/field.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { ResourceStatus } from "#lib/protocol/object.ts";
import { objectKey } from "#lib/protocol/object-key.ts";
import { environmentQueries } from "./queries.ts";

/** Every object of the environment with its two axes, worst first. */
export function Resources({ org, id }: { org: string; id: string }) {
  const query = useQuery(environmentQueries.resources(org, id));
  const [text, setText] = useState("");
  const rows = useMemo(() => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return (query.data?.resources ?? [])
      .filter((row) =>
        words.every((word) =>
          `${row.ref.kind} ${row.ref.namespace}/${row.ref.name} ${row.sync} ${row.health}`
            .toLowerCase()
            .includes(word),
        ),
      )
      .sort((a, b) => rank(a) - rank(b) || objectKey(a.ref).localeCompare(objectKey(b.ref)));
  }, [query.data, text]);
  if (!query.data) return <Waiting query={query} rows={4} className="h-8" />;
  return (
    <>
      <Input
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder="Filter by kind, namespace, name, status"
        aria-label="Filter objects"
        className="mb-2 max-w-[340px]"
      />
      <div className="overflow-x-auto">
        <table className="w-full border-collapse">
          <thead>
            <tr className="border-b border-line text-left text-xs text-ink-3">
              {["Object", "Sync", "Health", "Why"].map((name) => (
                <th key={name} scope="col" className="py-1.5 pr-3 font-medium">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={objectKey(row.ref)} className="border-b border-line align-top">
                <td className="py-2 pr-3 [overflow-wrap:anywhere]">
                  <b className="font-[550]">{row.ref.kind}</b>{" "}
                  {row.ref.namespace && <span className="text-ink-3">{row.ref.namespace}/</span>}
                  {row.ref.name}
                </td>
                <td className="w-[120px] py-2 pr-3">
                  <StateBadge sign={signOfSync(row.sync, row.cause)} word={row.sync} />
                </td>
                <td className="w-[130px] py-2 pr-3">
                  <StateBadge sign={signOfHealth(row.health)} word={row.health} />
                </td>
                <td className="py-2 text-ink-2 [overflow-wrap:anywhere]">
                  {row.syncReason ?? row.healthReason}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length === 0 && <p className="py-6 text-ink-2">No object matches.</p>}
    </>
  );
}

function rank(row: ResourceStatus) {
  return Math.min(
    SIGN_ORDER.indexOf(signOfSync(row.sync, row.cause)),
    SIGN_ORDER.indexOf(signOfHealth(row.health)),
  );
}
