"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type DiffLook, DiffView } from "#components/diff/diff-view.tsx";
import { type DiffLine, foldAfter, foldLines } from "#components/diff/lines.ts";
import { objectLines, oneSidedLines } from "#components/diff/object-lines.ts";
import { plural } from "#components/ui/format.ts";
import { Waiting } from "#components/ui/waiting.tsx";
import type { EnvironmentDetail, ObjectDetail } from "#lib/environments/schemas.ts";
import type { FieldChange, ObjectRef } from "#lib/protocol/object.ts";
import { objectKey } from "#lib/protocol/object-key.ts";
import { ChildList, EventList } from "./children.tsx";
import { DiffMargin } from "./diff-margin.tsx";
import { objectSentences } from "./object-summary.ts";
import { environmentQueries } from "./queries.ts";

/** How much is shown of an object that only one side has. */
const ONE_SIDED = 14;

type Divergent = EnvironmentDetail["divergent"][number];
type Ignore = (about: { ref: ObjectRef; change: FieldChange }) => void;

/** The evidence of one object; what the first answer left out is asked for. */
export function ObjectEvidence(props: {
  org: string;
  environment: EnvironmentDetail;
  object: Divergent;
  look: DiffLook;
  onIgnore: Ignore;
}) {
  const { org, environment, object } = props;
  const query = useQuery({
    ...environmentQueries.object(org, environment.id, objectKey(object.ref)),
    enabled: object.partial === true,
  });
  const whole = object.partial ? query.data : object;
  if (!whole)
    return (
      <div className="px-3.5 py-3">
        <Waiting query={query} rows={4} className="h-[18px]" />
      </div>
    );
  return <Evidence {...props} object={whole} />;
}

function Evidence({
  environment,
  object,
  look,
  onIgnore,
}: {
  environment: EnvironmentDetail;
  object: ObjectDetail;
  look: DiffLook;
  onIgnore: Ignore;
}) {
  const pieces = useMemo(() => piecesOf(object), [object]);
  const additions = useMemo(() => {
    const others = object.changes.filter(({ counts }) => !counts);
    return {
      count: others.length,
      pieces: others.length > 0 ? foldLines(objectLines({ changes: others })) : [],
    };
  }, [object]);
  const sentences = objectSentences(object);
  const margin = (line: DiffLine) => (
    <DiffMargin
      line={line}
      environment={environment}
      onIgnore={(change) => onIgnore({ ref: object.ref, change })}
    />
  );
  const withMargin = (line: DiffLine) => (line.change || line.note ? margin(line) : null);
  return (
    <>
      {sentences.length > 0 && (
        <div className="px-3.5 py-2 text-ink-2 [overflow-wrap:anywhere]">
          {sentences.map((text) => (
            <p key={text}>{text}</p>
          ))}
        </div>
      )}
      {object.children && object.health !== "Healthy" && (
        <ChildList object={object} unwellOnly className="border-t border-line px-3.5 py-2 first:border-t-0" />
      )}
      {object.events && <EventList events={object.events} className="border-t border-line px-3.5 py-2" />}
      {pieces.length > 0 && (
        <div className="border-t border-line first:border-t-0">
          <DiffView
            pieces={pieces}
            look={object.sync === "Missing" || object.sync === "Extra" ? "unified" : look}
            margin={withMargin}
            folded={object.sync === "Modified" ? "as in Git" : "more"}
          />
        </div>
      )}
      {additions.count > 0 && (
        <details className="border-t border-line">
          <summary className="px-3.5 py-2 text-sm text-ink-3 hover:text-ink">
            {plural(additions.count, "more field")} {additions.count === 1 ? "was" : "were"} added by others;
            Git says nothing of {additions.count === 1 ? "it" : "them"}
          </summary>
          <DiffView pieces={additions.pieces} margin={withMargin} />
        </details>
      )}
      {object.ignored ? (
        <p className="border-t border-line px-3.5 py-2 text-sm text-ink-3">
          {plural(object.ignored, "differing field")} {object.ignored === 1 ? "is" : "are"} hidden by an
          ignore rule of the declaration.
        </p>
      ) : null}
    </>
  );
}

function piecesOf(object: ObjectDetail) {
  if (object.sync === "Missing")
    return object.desired === undefined ? [] : foldAfter(oneSidedLines(object.desired, "del"), ONE_SIDED);
  if (object.sync === "Extra")
    return object.observed === undefined ? [] : foldAfter(oneSidedLines(object.observed, "add"), ONE_SIDED);
  const changes = object.changes.filter(({ counts }) => counts);
  if (changes.length === 0) return [];
  const { desired, observed, ignored } = object;
  return foldLines(objectLines({ desired, observed, changes, hidden: (ignored ?? 0) > 0 }));
}
