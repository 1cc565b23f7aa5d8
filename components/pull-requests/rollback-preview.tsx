"use client";
import { Patch } from "#components/diff/patch.tsx";
import { plural, shortSha } from "#components/ui/format.ts";
import { Notice, Skeleton } from "#components/ui/notice.tsx";
import type { ObjectChange, RollbackKind, RollbackPreview } from "#lib/pull-requests/schemas.ts";

/** What a pull request would change: first in the cluster, then in Git. */
export function RollbackPreviewView({
  kind,
  preview,
  error,
}: {
  kind: RollbackKind;
  preview: RollbackPreview | undefined;
  error: Error | null;
}) {
  if (error)
    return (
      <Notice tone="failed" title="The change could not be previewed.">
        <p>{error.message}</p>
      </Notice>
    );
  if (!preview) return <Skeleton className="h-40" />;
  return (
    <section aria-label="What the pull request changes" className="flex flex-col gap-5">
      {preview.obstacles.map((text) => (
        <Notice key={text} tone="failed" title={text} />
      ))}
      {preview.cautions.map((text) => (
        <Notice key={text} tone="drift" title={text} />
      ))}
      {preview.files.length === 0 && preview.obstacles.length === 0 && (
        <Notice
          title={
            kind === "revert"
              ? "Git no longer holds this change: nothing would change."
              : "Git already says there what it said then: nothing would change."
          }
        />
      )}
      <Objects preview={preview} />
      <Files kind={kind} preview={preview} />
    </section>
  );
}

function Objects({ preview: { objects, objectsNote } }: { preview: RollbackPreview }) {
  return (
    <section aria-label="In the cluster" className="flex flex-col gap-2">
      <h3 className="font-[550]">
        {objects
          ? `In the cluster, ${objects.length === 0 ? "nothing changes" : `${plural(objects.length, "object")} ${objects.length === 1 ? "changes" : "change"}`}`
          : "In the cluster"}
      </h3>
      {objectsNote && <p className="text-ink-2">{objectsNote}</p>}
      {objects && objects.length > 0 && (
        <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-raised">
          {objects.map((object) => (
            <ObjectLine key={object.key} object={object} />
          ))}
        </ul>
      )}
    </section>
  );
}

const CHANGE = { created: "is created", removed: "is removed", changed: "changes" } as const;

function ObjectLine({ object }: { object: ObjectChange }) {
  const [, kind, namespace, name] = object.key.split("/");
  return (
    <li className="px-3 py-2">
      <p className="[overflow-wrap:anywhere]">
        <span className="font-[550]">{kind}</span> {namespace && `${namespace}/`}
        {name} <span className="text-ink-3">{CHANGE[object.change]}</span>
      </p>
      {!object.recorded && <p className="text-sm text-ink-3">Its manifest was not recorded on one side.</p>}
      {object.fields.length > 0 && (
        <dl className="mt-1 grid gap-x-4 gap-y-1 text-sm sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
          {object.fields.map((field) => (
            <div key={field.path} className="contents">
              <dt className="mono text-ink-2 [overflow-wrap:anywhere]">{field.path}</dt>
              <dd className="mono [overflow-wrap:anywhere]">
                <span className="text-del-ink">{field.from ?? "unset"}</span>{" "}
                <span className="text-ink-3">→</span>{" "}
                <span className="text-add-ink">{field.to ?? "unset"}</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {object.more > 0 && <p className="text-sm text-ink-3">and {plural(object.more, "more field")}</p>}
    </li>
  );
}

function Files({ kind, preview }: { kind: RollbackKind; preview: RollbackPreview }) {
  if (preview.files.length === 0) return null;
  return (
    <section aria-label="In Git" className="flex flex-col gap-2">
      <h3 className="font-[550]">
        In Git, {plural(preview.files.length, "file")}{" "}
        {kind === "revert" ? (
          preview.files.length === 1 ? (
            "changes"
          ) : (
            "change"
          )
        ) : (
          <>
            {preview.files.length === 1 ? "goes" : "go"} from{" "}
            <span className="mono font-normal">{shortSha(preview.from.revision)}</span> to{" "}
            <span className="mono font-normal">{shortSha(preview.to.revision)}</span>
          </>
        )}
      </h3>
      <p className="text-ink-2">
        {kind === "revert"
          ? "Only what this commit changed, for whomever it changed it. What came after it stays."
          : preview.inputsRecorded
            ? "All that this environment's rendering read then. Everything else stays as it is."
            : "All files under the environment's path. Everything else stays as it is."}
      </p>
      {preview.files.map((file) => (
        <details
          key={file.path}
          open={preview.files.length <= 4}
          className="overflow-hidden rounded-lg border border-line bg-raised"
        >
          <summary className="flex justify-between gap-4 px-3 py-2">
            <span className="mono [overflow-wrap:anywhere]">
              {file.previousPath && `${file.previousPath} → `}
              {file.path}
            </span>
            <span className="whitespace-nowrap text-sm">
              <span className="text-add-ink">+{file.additions}</span>{" "}
              <span className="text-del-ink">−{file.deletions}</span>
            </span>
          </summary>
          <div className="border-t border-line">
            {file.patch ? (
              <Patch patch={file.patch} />
            ) : (
              <p className="px-3 py-2 text-ink-3">
                {file.withheld
                  ? "Its lines are not shown, since it may hold values of Secrets."
                  : file.status === "renamed"
                    ? "It is only moved."
                    : "Too large or binary to show here."}
              </p>
            )}
          </div>
        </details>
      ))}
      {preview.truncated && <p className="text-sm text-drift">Some lines are not shown here.</p>}
    </section>
  );
}
