import type { DiffLine } from "#components/diff/lines.ts";
import { SIGNS } from "#components/state/state.ts";
import { shortSha } from "#components/ui/format.ts";
import { Time } from "#components/ui/time.tsx";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";
import type { FieldChange } from "#lib/protocol/object.ts";

type About = Pick<EnvironmentDetail, "comparedRevision" | "head" | "since">;

/** Who says so: the commit on Git's side, the field manager and time on the cluster's; and what may be done about it. */
export function DiffMargin({
  line,
  environment,
  onIgnore,
}: {
  line: DiffLine;
  environment: About;
  onIgnore: (change: FieldChange) => void;
}) {
  const { change, note } = line;
  if (note) return note;
  if (!change) return null;
  const isLast = line.kind === "add" || change.observed === undefined;
  return (
    <span className="block [overflow-wrap:anywhere]">
      {line.kind === "del" ? (
        <GitSide change={change} environment={environment} />
      ) : change.type === "removed" ? (
        "ours once; Git no longer sets it"
      ) : (
        <By change={change} seenAt={environment.since} bare="the cluster; nobody signed it" />
      )}
      {isLast && change.counts && (
        <button
          type="button"
          onClick={() => onIgnore(change)}
          className="link ml-1.5 whitespace-nowrap print:hidden"
          aria-label={`Ignore ${change.path}…`}
        >
          Ignore…
        </button>
      )}
    </span>
  );
}

function GitSide({ change, environment }: { change: FieldChange; environment: About }) {
  const { comparedRevision: revision, head } = environment;
  const gone = "not set in the cluster";
  return (
    <>
      Git{revision && `, ${shortSha(revision)}`}
      {head && head.revision === revision && `, ${head.author}`}
      {change.type === "missing" && (
        <span className="block">
          <By change={change} seenAt={environment.since} lead={`${gone}, removed by `} bare={gone} />
        </span>
      )}
    </>
  );
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
      <Time at={change.by.time ?? seenAt} />
    </>
  );
}
