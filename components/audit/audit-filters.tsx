"use client";
import { useQuery } from "@tanstack/react-query";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { controlClass } from "#components/ui/field.tsx";
import { fromLocalInput, toLocalInput } from "#components/ui/until.ts";
import type { AuditFilter } from "#lib/audit/schemas.ts";
import { auditQueries, filterQuery } from "./queries.ts";
import { actionWords } from "./words.ts";

const control = cn(controlClass, "w-auto min-w-0 max-md:flex-1 max-md:basis-[30%]");

/** What of the log is shown; all of it stands in the page's address. */
export function AuditFilters({
  org,
  filter,
  onChange,
}: {
  org: string;
  filter: AuditFilter;
  onChange: (filter: AuditFilter) => void;
}) {
  const choices = useQuery(auditQueries.choices(org)).data;
  const set = (name: keyof AuditFilter) => (value: string | undefined) =>
    onChange({ ...filter, [name]: value });
  const actions = choices?.actions ?? [];
  const nouns = [...new Set(actions.map((action) => action.split(".")[0]!))];
  return (
    <search className="mt-5 flex flex-wrap items-center gap-2">
      <form
        className="flex min-w-[220px] flex-1 gap-2 max-md:basis-full"
        onSubmit={(event) => {
          event.preventDefault();
          set("text")(String(new FormData(event.currentTarget).get("text")).trim() || undefined);
        }}
      >
        <input
          type="search"
          name="text"
          defaultValue={filter.text ?? ""}
          aria-label="Search"
          placeholder="Words, “a phrase”, -not"
          maxLength={300}
          className={controlClass}
        />
        <Button type="submit">Search</Button>
      </form>
      <Choice
        label="Who"
        all="Everybody"
        value={filter.actor}
        onChange={set("actor")}
        options={choices?.actors}
      />
      <select
        aria-label="What was done"
        value={filter.action ?? ""}
        onChange={(event) => set("action")(event.target.value || undefined)}
        className={control}
      >
        <option value="">Every action</option>
        {filter.action && !choices && <option value={filter.action}>{actionWords(filter.action)}</option>}
        {nouns.map((noun) => (
          <optgroup key={noun} label={actionWords(noun)}>
            <option value={`${noun}.*`}>{actionWords(noun)}: all</option>
            {actions
              .filter((action) => action.startsWith(`${noun}.`))
              .map((action) => (
                <option key={action} value={action}>
                  {actionWords(action)}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
      <Choice
        label="On what"
        all="On anything"
        value={filter.subjectKind}
        onChange={set("subjectKind")}
        options={choices?.subjectKinds}
      />
      <span className="flex flex-wrap gap-2 max-md:w-full">
        <Instant label="From" value={filter.from} onChange={set("from")} />
        <Instant label="Until" value={filter.until} onChange={set("until")} />
      </span>
      {filterQuery(filter) && (
        <Button look="quiet" onClick={() => onChange({} as AuditFilter)}>
          Clear
        </Button>
      )}
    </search>
  );
}

function Choice(props: {
  label: string;
  all: string;
  value: string | undefined;
  options: readonly string[] | undefined;
  onChange: (value: string | undefined) => void;
}) {
  const { label, all, value, onChange } = props;
  const options = props.options ?? [];
  return (
    <select
      aria-label={label}
      value={value ?? ""}
      onChange={(event) => onChange(event.target.value || undefined)}
      className={cn(control, "md:max-w-[180px]")}
    >
      <option value="">{all}</option>
      {value && !options.includes(value) && <option>{value}</option>}
      {options.map((option) => (
        <option key={option}>{option}</option>
      ))}
    </select>
  );
}

function Instant({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  return (
    <label className="flex items-center gap-1.5 text-ink-2 max-md:w-full max-md:justify-between">
      {label}
      <input
        type="datetime-local"
        defaultValue={value ? toLocalInput(new Date(value)) : ""}
        onBlur={(event) => {
          const next = fromLocalInput(event.target.value)?.toISOString();
          if (next !== value && (next || !event.target.value)) onChange(next);
        }}
        suppressHydrationWarning
        className={cn(controlClass, "w-auto")}
      />
    </label>
  );
}
