"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Input } from "#components/ui/field.tsx";
import type { EnvironmentName } from "#lib/notifications/schemas.ts";
import { environmentQueries } from "./queries.ts";

const SHOWN = 8;

/** Choose environments among thousands: type a part of the name, press one or several. */
export function EnvironmentPicker({
  org,
  chosen,
  onChange,
  single,
}: {
  org: string;
  chosen: readonly EnvironmentName[];
  onChange: (chosen: EnvironmentName[]) => void;
  /** Choosing one takes the place of the one before. */
  single?: boolean;
}) {
  const [text, setText] = useState("");
  const query = useQuery(environmentQueries.find(org, { q: text.trim() }));
  const found = (query.data?.environments ?? []).map(
    (row): EnvironmentName => ({ id: row.id, name: row.name, cluster: row.cluster.name }),
  );
  const total = query.data?.total ?? 0;
  const isChosen = (row: EnvironmentName) => chosen.some((one) => one.id === row.id);
  const hidden = chosen.filter((one) => !found.slice(0, SHOWN).some((row) => row.id === one.id));
  const toggle = (row: EnvironmentName) =>
    onChange(isChosen(row) ? chosen.filter((one) => one.id !== row.id) : single ? [row] : [...chosen, row]);
  return (
    <div className="rounded-md border border-line p-2">
      {total > SHOWN && (
        <Input
          aria-label="Find an environment"
          placeholder={`Find among ${total} by name or cluster`}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
          className="mb-1.5"
        />
      )}
      {query.isError && !query.data && <p className="text-failed">{query.error.message}</p>}
      {query.data && total === 0 && (
        <p className="text-ink-3">There is no environment yet. They appear once an agent declares them.</p>
      )}
      <ul>
        {[...hidden, ...found.slice(0, SHOWN)].map((row) => (
          <li key={row.id}>
            <label className="flex items-center gap-2 rounded-sm px-1 py-0.5 hover:bg-sunken">
              <input
                type={single ? "radio" : "checkbox"}
                name="environment"
                checked={isChosen(row)}
                onChange={() => toggle(row)}
                className="accent-ink"
              />
              <span className="[overflow-wrap:anywhere]">
                {row.name} <span className="text-ink-3">on {row.cluster}</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
      {found.length > SHOWN && (
        <p className="px-1 text-sm text-ink-3">There are more; type to narrow them down.</p>
      )}
      {found.length === 0 && total > 0 && <p className="px-1 text-ink-3">No environment matches.</p>}
    </div>
  );
}
