"use client";
import { useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { environmentQueries } from "#components/environments/queries.ts";
import { StateIcon } from "#components/state/state-badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, TextArea } from "#components/ui/field.tsx";
import { plural, shortSha } from "#components/ui/format.ts";
import { Notice, Skeleton } from "#components/ui/notice.tsx";
import { Patch } from "#components/ui/patch.tsx";
import { Time } from "#components/ui/time.tsx";
import type { EnvironmentDetail, HistoryEntry } from "#lib/environments/schemas.ts";
import { OpenRollbackInput, type RollbackPreview } from "#lib/pull-requests/schemas.ts";
import { openRollback, pullRequestQueries } from "./queries.ts";

type SyncEntry = Extract<HistoryEntry, { kind: "sync" }>;
/** A revision that was picked, or the wish to pick one. */
export type RollbackTarget = SyncEntry | "choose";

/** "Get us back": pick a revision that converged, see what Git will change, say why, one click. */
export function RollbackDialog({
  org,
  environment,
  target,
  onClose,
  onTarget,
}: {
  org: string;
  environment: EnvironmentDetail;
  target: RollbackTarget;
  onClose: () => void;
  onTarget: (target: RollbackTarget) => void;
}) {
  const chosen = target === "choose" ? null : target;
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title={
        chosen ? (
          <>
            Roll {environment.name} back to <span className="mono text-lg">{shortSha(chosen.revision)}</span>
          </>
        ) : (
          `Roll ${environment.name} back`
        )
      }
      description={
        chosen
          ? "A pull request restores what Git said then. Nothing touches the cluster until it is merged."
          : "Pick a revision at which this environment converged."
      }
    >
      {chosen ? (
        <Confirm org={org} environment={environment} target={chosen} onBack={() => onTarget("choose")} />
      ) : (
        <Choose org={org} id={environment.id} onTarget={onTarget} />
      )}
    </Dialog>
  );
}

function Choose({
  org,
  id,
  onTarget,
}: {
  org: string;
  id: string;
  onTarget: (target: RollbackTarget) => void;
}) {
  const query = useInfiniteQuery(environmentQueries.history(org, id));
  const entries = (query.data?.pages ?? [])
    .flatMap((page) => page.entries)
    .filter((entry): entry is SyncEntry => entry.kind === "sync" && entry.canRollBack);
  const seen = new Set<string>();
  const unique = entries.filter((entry) => !seen.has(entry.revision) && seen.add(entry.revision));
  if (query.isError && !query.data) return <Notice tone="failed" title={query.error.message} />;
  if (!query.data) return <Skeleton className="h-40" />;
  return (
    <>
      {unique.length === 0 && (
        <p className="text-ink-2">
          There is no earlier revision at which this environment converged yet. Once it has converged at two
          revisions, the earlier one stands here.
        </p>
      )}
      <ul className="flex flex-col">
        {unique.map((entry) => (
          <li key={entry.id}>
            <button
              type="button"
              onClick={() => onTarget(entry)}
              className="grid w-full grid-cols-[16px_64px_minmax(0,1fr)_auto] items-center gap-3 rounded-md px-2 py-2 text-left hover:bg-sunken"
            >
              <StateIcon sign="converged" />
              <span className="mono">{shortSha(entry.revision)}</span>
              <span className="truncate">{entry.commit?.subject}</span>
              <span className="text-sm text-ink-3">
                {entry.commit?.author}, <Time at={entry.convergedAt ?? entry.at} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button look="quiet" onClick={() => query.fetchNextPage()}>
          Earlier
        </Button>
      )}
    </>
  );
}

function Confirm({
  org,
  environment,
  target,
  onBack,
}: {
  org: string;
  environment: EnvironmentDetail;
  target: SyncEntry;
  onBack: () => void;
}) {
  const router = useRouter();
  const preview = useQuery(pullRequestQueries.preview(org, environment.id, target.revision));
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const open = useMutation({
    mutationFn: () =>
      openRollback(org, environment.id, {
        toRevision: target.revision,
        reason,
        kind: "rollback",
        narrow: false,
      }),
    onSuccess: (pull) => router.push(`/${org}/pull-requests/${pull.id}`),
  });
  const submit = () => {
    const parsed = OpenRollbackInput.safeParse({ toRevision: target.revision, reason });
    setProblem(parsed.success ? null : (parsed.error.issues[0]?.message ?? "Not valid."));
    if (parsed.success) open.mutate();
  };
  const impossible = !preview.data || preview.data.obstacles.length > 0 || preview.data.files.length === 0;
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Changes preview={preview.data} error={preview.error} path={environment.path} />
      <Field label="Why" hint="Stands in the pull request, in history and in the audit log." error={problem}>
        {(attributes) => (
          <TextArea
            {...attributes}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            placeholder="p99 doubled after this change"
            maxLength={1000}
          />
        )}
      </Field>
      {open.isError && <Notice tone="failed" title={open.error.message} />}
      <div className="flex justify-between gap-2">
        <Button look="quiet" onClick={onBack}>
          Another revision
        </Button>
        <Button look="primary" type="submit" disabled={impossible || open.isPending}>
          {open.isPending ? "Opening…" : "Open pull request"}
        </Button>
      </div>
    </form>
  );
}

function Changes({
  preview,
  error,
  path,
}: {
  preview: RollbackPreview | undefined;
  error: Error | null;
  path: string;
}) {
  if (error)
    return (
      <Notice tone="failed" title="The change in Git could not be previewed.">
        <p>{error.message}</p>
      </Notice>
    );
  if (!preview) return <Skeleton className="h-40" />;
  return (
    <section aria-label="What the pull request changes" className="flex flex-col gap-3">
      {preview.obstacles.map((text) => (
        <Notice key={text} tone="failed" title={text} />
      ))}
      {preview.files.length === 0 && preview.obstacles.length === 0 && (
        <Notice title={`Git already says there what it said then: nothing under ${path} would change.`} />
      )}
      {preview.files.length > 0 && (
        <p className="text-ink-2">
          {plural(preview.files.length, "file")} of <code>{path}</code> go back from{" "}
          <span className="mono">{shortSha(preview.from.revision)}</span> to{" "}
          <span className="mono">{shortSha(preview.to.revision)}</span>. Everything else stays as it is.
        </p>
      )}
      {preview.files.map((file) => (
        <details
          key={file.path}
          open={preview.files.length <= 4}
          className="overflow-hidden rounded-lg border border-line bg-raised"
        >
          <summary className="flex justify-between gap-4 px-3 py-2">
            <span className="mono [overflow-wrap:anywhere]">{file.path}</span>
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
                  : "Too large or binary to show here."}
              </p>
            )}
          </div>
        </details>
      ))}
      {preview.truncated && <p className="text-sm text-drift">More files change than are shown here.</p>}
    </section>
  );
}
