"use client";
import Link from "next/link";
import { environmentHref } from "#components/environments/href.ts";
import { plural } from "#components/ui/format.ts";
import type { RollbackKind, RollbackPreview } from "#lib/pull-requests/schemas.ts";

/** Every other environment that reads a file which would change, and the narrower restore that spares them. */
export function Reaches({
  org,
  kind,
  preview: { reaches, narrower, files },
  narrow,
  onNarrow,
}: {
  org: string;
  kind: RollbackKind;
  preview: RollbackPreview;
  narrow: boolean;
  onNarrow: (narrow: boolean) => void;
}) {
  if (files.length === 0) return null;
  return (
    <section aria-label="Blast radius" className="flex flex-col gap-2">
      <h3 className="font-[550]">
        {reaches.length === 0
          ? "No other environment reads these files"
          : `${plural(reaches.length, "other environment")} ${reaches.length === 1 ? "reads" : "read"} these files, too`}
      </h3>
      {reaches.length > 0 && (
        <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-raised">
          {reaches.map(({ environment, files: read, recorded }) => (
            <li key={environment.id} className="px-3 py-2">
              <p>
                <Link className="link font-[550]" href={environmentHref(org, environment)}>
                  {environment.name}
                </Link>{" "}
                <span className="text-ink-3">
                  on {environment.cluster}, {environment.state}
                </span>
              </p>
              <p className="mono text-sm text-ink-2 [overflow-wrap:anywhere]">
                {read.slice(0, 5).join(", ")}
                {read.length > 5 && ` and ${read.length - 5} more`}
              </p>
              {!recorded && (
                <p className="text-sm text-ink-3">What it reads was not recorded: its path stands for it.</p>
              )}
            </li>
          ))}
        </ul>
      )}
      {reaches.length > 0 && !narrower && (
        <p className="text-ink-2">
          None of the files is this environment&rsquo;s alone: nothing narrower can be chosen.
        </p>
      )}
      {narrower && (
        <fieldset className="flex flex-col gap-1.5">
          <legend className="sr-only">What to restore</legend>
          <Choice checked={!narrow} onChange={() => onNarrow(false)}>
            <b className="font-[550]">{kind === "revert" ? "All of the change." : "All that it read."}</b>{" "}
            Those environments change, too.
          </Choice>
          <Choice checked={narrow} onChange={() => onNarrow(true)}>
            <b className="font-[550]">Only {plural(narrower.files.length, "file")} that no other reads.</b>{" "}
            {kind === "revert"
              ? "The rest of the change stays."
              : narrower.suffices
                ? "This suffices: it renders to what it rendered to then."
                : "It will converge, and not be proven: what it shares with others stays as it is now."}
          </Choice>
        </fieldset>
      )}
    </section>
  );
}

function Choice({
  checked,
  onChange,
  children,
}: {
  checked: boolean;
  onChange: () => void;
  children: React.ReactNode;
}) {
  return (
    <label className="flex items-start gap-2">
      <input type="radio" name="restore" className="mt-1" checked={checked} onChange={onChange} />
      <span>{children}</span>
    </label>
  );
}
