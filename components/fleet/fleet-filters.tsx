"use client";
import { useEffect, useState } from "react";
import { useFilterKey } from "#components/keyboard/filter-key.ts";
import { SIGN_ORDER, SIGNS, type Sign } from "#components/state/state.ts";
import { StateIcon } from "#components/state/state-badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { isLook, LOOK_SIGNS } from "#lib/fleet/rules.ts";
import { openEcho } from "./echo.ts";
import { chipClass, FilterLink } from "./filter-link.tsx";
import type { FleetView } from "./use-fleet-filter.ts";

/** What is shown, how it is grouped and ordered; every count is a link to what it counts. */
export function FleetFilters({
  view,
  bySign,
  labelKeys,
}: {
  view: FleetView;
  bySign: Record<Sign, number>;
  labelKeys: readonly string[];
}) {
  const { filter, show } = view;
  const sum = (signs: readonly Sign[]) => signs.reduce((total, sign) => total + bySign[sign], 0);
  const groups: [string, string][] = [
    ["cluster", "cluster"],
    ["repository", "repository"],
    ["state", "state"],
    ...labelKeys.map((key): [string, string] => [`label:${key}`, `label ${key}`]),
    ["none", "nothing"],
  ];
  if (!groups.some(([value]) => value === filter.group))
    groups.push([filter.group, filter.group.replace(":", " ")]);
  return (
    <>
      <div className="mt-5 flex flex-wrap items-center gap-2">
        <Search view={view} />
        <FilterLink view={view} chip to={{ signs: LOOK_SIGNS }} current={isLook(filter)}>
          Needs a look <Count n={sum(LOOK_SIGNS)} />
        </FilterLink>
        <FilterLink view={view} chip to={{ signs: [] }} current={filter.signs.length === 0}>
          All <Count n={sum(SIGN_ORDER)} />
        </FilterLink>
        <Choice label="Group" value={filter.group} options={groups} onChange={(group) => show({ group })} />
        <Choice
          label="First"
          value={filter.sort}
          options={[
            ["look", "what needs a look"],
            ["since", "what changed last"],
            ["name", "by name"],
          ]}
          onChange={(sort) => show({ sort: sort as typeof filter.sort })}
        />
      </div>
      <div className="mt-2 flex min-h-6 flex-wrap items-center gap-x-4 gap-y-1 text-sm">
        {SIGN_ORDER.filter((sign) => bySign[sign] > 0 || filter.signs.includes(sign)).map((sign) => {
          const only = filter.signs.length === 1 && filter.signs[0] === sign;
          return (
            <FilterLink
              key={sign}
              view={view}
              to={{ signs: only ? [] : [sign] }}
              current={only}
              className={cn(
                "inline-flex items-center gap-1.5 rounded-sm text-ink-2 hover:text-ink",
                "aria-[current=true]:font-[550] aria-[current=true]:text-ink aria-[current=true]:underline aria-[current=true]:underline-offset-4",
              )}
            >
              <StateIcon sign={sign} size={14} />
              {SIGNS[sign].word} <Count n={bySign[sign]} />
            </FilterLink>
          );
        })}
        {(["cluster", "repository"] as const).map(
          (what) =>
            filter[what] && (
              <Only key={what} onClear={() => show({ [what]: null })}>
                {what} {filter[what]}
              </Only>
            ),
        )}
        {filter.labels.map((label) => (
          <Only key={label} onClear={() => show({ labels: filter.labels.filter((one) => one !== label) })}>
            label {label}
          </Only>
        ))}
      </div>
    </>
  );
}

const Count = ({ n }: { n: number }) => (
  <span className="font-normal text-ink-3">{n.toLocaleString("en-GB")}</span>
);

/** The words that are searched: shown as they are typed, whatever the address says a moment later. */
function Search({ view }: { view: FleetView }) {
  const input = useFilterKey();
  const { text } = view.filter;
  const [typed, setTyped] = useState(text);
  const [echo] = useState(() => openEcho(text));
  // A link, a saved view or the way back may have put other words into the address.
  useEffect(() => {
    if (echo.isForeign(text)) setTyped(text);
  }, [echo, text]);
  return (
    <label className="flex min-w-[220px] flex-1 items-center justify-between gap-2 rounded-md border border-line-strong bg-raised px-2.5 py-[3px] focus-within:border-ink-3 md:max-w-[340px]">
      <span className="sr-only">Filter environments</span>
      <input
        ref={input}
        type="search"
        value={typed}
        maxLength={200}
        onChange={({ target: { value } }) => {
          setTyped(value);
          echo.wrote(value.trim());
          view.show({ text: value }, "replace");
        }}
        onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        placeholder="Filter by name, cluster, label, author, revision"
        className="w-full bg-transparent outline-none placeholder:text-ink-3 [&::-webkit-search-cancel-button]:hidden"
      />
      <kbd className="rounded-sm border border-line-strong px-1 text-xs text-ink-3">/</kbd>
    </label>
  );
}

function Choice({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string;
  options: readonly [string, string][];
  onChange: (value: string) => void;
}) {
  return (
    <label className={cn(chipClass, "gap-1 pr-1 focus-within:border-ink-3")}>
      <span>{label}:</span>
      <select
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="max-w-40 truncate bg-raised text-ink"
      >
        {options.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

function Only({ onClear, children }: { onClear: () => void; children: React.ReactNode }) {
  return (
    <button
      type="button"
      onClick={onClear}
      title="Show others, too"
      className="inline-flex max-w-80 items-center gap-1 rounded-sm border border-line-strong px-1.5 text-ink-2 hover:text-ink"
    >
      <span className="truncate">only {children}</span> <span aria-hidden="true">×</span>
    </button>
  );
}
