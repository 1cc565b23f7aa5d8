"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { formValues, Input } from "#components/ui/field.tsx";
import { isFiltered, readFleetFilter, writeFleetFilter } from "#lib/fleet/rules.ts";
import type { SavedView } from "#lib/fleet/schemas.ts";
import type { Role } from "#lib/organizations/schemas.ts";
import { FilterLink } from "./filter-link.tsx";
import { fleetQueries, removeView, saveView } from "./queries.ts";
import type { FleetView } from "./use-fleet-filter.ts";

/** Filters under a name, each a link with how many it shows; and a way to keep the one that is shown. */
export function SavedViews({ org, role, view }: { org: string; role: Role; view: FleetView }) {
  const { data } = useQuery(fleetQueries.views(org));
  const [saving, setSaving] = useState(false);
  const query = writeFleetFilter(view.filter);
  const current = data?.views.find((one) => one.query === query);
  const mayKeep = query !== "" && !current;
  if (!data || (data.views.length === 0 && !isFiltered(view.filter) && !mayKeep)) return null;
  return (
    <div className="mt-1.5 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
      {data.views.length > 0 && <span className="text-ink-3">Views</span>}
      {data.views.map((one) => (
        <View key={one.id} org={org} role={role} view={view} saved={one} current={one === current} />
      ))}
      {mayKeep &&
        (saving ? (
          <Keep org={org} role={role} query={query} onDone={() => setSaving(false)} />
        ) : (
          <button type="button" className="link text-ink-2" onClick={() => setSaving(true)}>
            Save this view
          </button>
        ))}
    </div>
  );
}

function View({
  org,
  role,
  view,
  saved,
  current,
}: {
  org: string;
  role: Role;
  view: FleetView;
  saved: SavedView;
  current: boolean;
}) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removeView(org, saved.id),
    onSettled: () => client.invalidateQueries({ queryKey: fleetQueries.views(org).queryKey }),
  });
  return (
    <span className="inline-flex items-baseline gap-1.5">
      <FilterLink
        view={view}
        to={readFleetFilter(new URLSearchParams(saved.query))}
        current={current}
        className="max-w-64 truncate text-ink-2 hover:text-ink aria-[current=true]:font-[550] aria-[current=true]:text-ink"
      >
        {saved.name} <span className="font-normal text-ink-3">{saved.count}</span>
      </FilterLink>
      {current && (saved.mine || role === "admin") && (
        <button
          type="button"
          className="link text-ink-3"
          disabled={remove.isPending}
          onClick={() => remove.mutate()}
        >
          Remove{saved.shared ? " for everybody" : ""}
        </button>
      )}
      {remove.isError && <span className="text-failed">{remove.error.message}</span>}
    </span>
  );
}

function Keep({ org, role, query, onDone }: { org: string; role: Role; query: string; onDone: () => void }) {
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (input: { name: string; shared: boolean }) => saveView(org, { ...input, query }),
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries({ queryKey: fleetQueries.views(org).queryKey }),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { name = "", shared } = formValues(event.currentTarget);
    save.mutate({ name, shared: shared === "on" });
  };
  return (
    <form
      method="post"
      onSubmit={submit}
      onKeyDown={(event) => event.key === "Escape" && onDone()}
      className="flex flex-wrap items-center gap-2"
    >
      <Input
        name="name"
        required
        maxLength={60}
        autoFocus
        aria-label="Name of the view"
        placeholder="Name of the view"
        className="w-48 py-[3px]"
      />
      {role !== "viewer" && (
        <label className="flex items-center gap-1.5 text-ink-2">
          <input type="checkbox" name="shared" className="accent-ink" /> for everybody
        </label>
      )}
      <Button type="submit" className="h-7" disabled={save.isPending}>
        {save.isPending ? "Saving…" : "Save"}
      </Button>
      <Button look="quiet" className="h-7" onClick={onDone}>
        Cancel
      </Button>
      {save.isError && (
        <span role="alert" className="text-failed">
          {save.error.message}
        </span>
      )}
    </form>
  );
}
