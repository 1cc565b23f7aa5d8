"use client";
import { SIGNS, signOfHealth, signOfSync } from "#components/state/state.ts";
import { StateBadge } from "#components/state/state-badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { shortSha } from "#components/ui/format.ts";
import { Clock, Time } from "#components/ui/time.tsx";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";
import type { FieldChange } from "#lib/protocol/object.ts";
import { changeLines, type DiffLine } from "./change-lines.ts";

type Divergent = EnvironmentDetail["divergent"][number];

/** Every object that is not what Git says, field by field, with its author in the margin. */
export function Divergence({ environment }: { environment: EnvironmentDetail }) {
  if (environment.divergent.length === 0)
    return (
      <p className="py-8 text-ink-2">
        {environment.state === "Converged"
          ? "Nothing differs. Every field Git sets has the value Git says, in every object."
          : "No object is known to differ."}
      </p>
    );
  return (
    <div className="flex flex-col gap-4">
      {environment.divergent.map((resource) => (
        <ObjectDiff
          key={`${resource.ref.group}/${resource.ref.kind}/${resource.ref.namespace}/${resource.ref.name}`}
          resource={resource}
          environment={environment}
        />
      ))}
    </div>
  );
}

function ObjectDiff({ resource, environment }: { resource: Divergent; environment: EnvironmentDetail }) {
  const { ref } = resource;
  const counted = resource.changes.filter((change) => change.counts);
  const additions = resource.changes.filter((change) => !change.counts);
  return (
    <section
      className="overflow-hidden rounded-lg border border-line bg-raised"
      aria-label={`${ref.kind} ${ref.name}`}
    >
      <header className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 border-b border-line px-3.5 py-2.5">
        <span className="min-w-0 [overflow-wrap:anywhere]">
          <b className="font-[550]">{ref.kind}</b> {ref.namespace && `${ref.namespace}/`}
          {ref.name}
        </span>
        <span className="flex items-center gap-4 text-sm text-ink-3">
          {resource.source && (
            <span className="mono [overflow-wrap:anywhere]">
              {resource.source.file}
              {resource.source.line ? `:${resource.source.line}` : ""}
            </span>
          )}
          <StateBadge
            sign={
              resource.sync === "Synced"
                ? signOfHealth(resource.health)
                : signOfSync(resource.sync, resource.cause)
            }
            word={resource.sync === "Synced" ? resource.health : resource.sync}
          />
        </span>
      </header>
      <Sentences resource={resource} />
      {counted.length > 0 && <Lines lines={changeLines(counted)} environment={environment} />}
      {additions.length > 0 && (
        <details className="border-t border-line text-sm text-ink-3">
          <summary className="px-3.5 py-2">
            {additions.length} more {additions.length === 1 ? "field was" : "fields were"} added by others;
            Git says nothing of them
          </summary>
          <Lines lines={changeLines(additions)} environment={environment} />
        </details>
      )}
      {resource.ignored ? (
        <p className="border-t border-line px-3.5 py-2 text-sm text-ink-3">
          {resource.ignored} differing {resource.ignored === 1 ? "field is" : "fields are"} hidden by an
          ignore rule of the declaration.
        </p>
      ) : null}
    </section>
  );
}

function Sentences({ resource }: { resource: Divergent }) {
  const sentences = [
    resource.sync === "Missing" && "Git asks for this object; the cluster does not have it.",
    resource.sync === "Extra" && "Git no longer asks for this object; the cluster still has it.",
    resource.syncReason,
    resource.health !== "Healthy" && resource.sync !== "Missing" && resource.healthReason,
  ].filter((text): text is string => Boolean(text));
  if (sentences.length === 0) return null;
  return (
    <div className="px-3.5 py-2 text-ink-2">
      {sentences.map((text) => (
        <p key={text} className="[overflow-wrap:anywhere]">
          {text}
        </p>
      ))}
    </div>
  );
}

function Lines({ lines, environment }: { lines: DiffLine[]; environment: EnvironmentDetail }) {
  return (
    <div className="overflow-x-auto border-t border-line first-of-type:border-t-0">
      <table className="mono w-full border-collapse leading-[22px]">
        <tbody>
          {lines.map((line, index) => (
            <tr
              key={index}
              className={cn(
                line.kind === "del" && "bg-del text-del-ink",
                line.kind === "add" && "bg-add text-add-ink",
                line.kind === "context" && "text-ink-2",
              )}
            >
              <td className="w-full whitespace-pre-wrap py-0 pl-3.5 pr-3 [overflow-wrap:anywhere]">
                <span className="select-none">{{ context: "  ", del: "- ", add: "+ " }[line.kind]}</span>
                {"  ".repeat(line.indent)}
                {line.text}
              </td>
              <td className="min-w-[150px] border-l border-line bg-raised px-3 align-top font-sans text-sm leading-[22px] text-ink-3 md:min-w-[240px] md:whitespace-nowrap">
                {line.change && <Author line={line} change={line.change} environment={environment} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Who says so: the commit on Git's side, the field manager and time on the cluster's. */
function Author({
  line,
  change,
  environment,
}: {
  line: DiffLine;
  change: FieldChange;
  environment: EnvironmentDetail;
}) {
  const gone = change.type === "missing" ? "not set in the cluster" : null;
  if (line.kind === "del") {
    const revision = environment.comparedRevision;
    return (
      <>
        Git{revision && `, ${shortSha(revision)}`}
        {environment.head && environment.head.revision === revision && `, ${environment.head.author}`}
        {gone && (
          <span className="block">
            <By change={change} seenAt={environment.since} lead={`${gone}, removed by `} bare={gone} />
          </span>
        )}
      </>
    );
  }
  if (change.type === "removed") return <>ours once; Git no longer sets it</>;
  return <By change={change} seenAt={environment.since} bare="the cluster; nobody signed it" />;
}

/** `seenAt` stands in where the API server kept no time, as for the first write of a scale. */
function By({
  change,
  seenAt,
  lead = "",
  bare,
}: {
  change: FieldChange;
  seenAt: string;
  lead?: string;
  bare: string;
}) {
  if (!change.by) return <>{bare}</>;
  return (
    <>
      {lead}
      <b
        className="font-[550]"
        style={{ color: change.counts ? SIGNS.drift.color : undefined }}
        title={`field manager ${change.by.manager}, ${change.by.operation}`}
      >
        {change.by.who}
      </b>
      , {!change.by.time && "seen "}
      <Clock at={change.by.time ?? seenAt} />, <Time at={change.by.time ?? seenAt} />
    </>
  );
}
