"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { Role } from "#lib/organizations/schemas.ts";
import type { PullRequestRow } from "#lib/pull-requests/schemas.ts";
import { nextAction } from "./kind-words.ts";
import { pullRequestQueries, retryRollback } from "./queries.ts";

// Loaded when it is opened.
const RollbackDialog = dynamic(
  () => import("./rollback-dialog.tsx").then((module) => module.RollbackDialog),
  { ssr: false },
);

const merged = ["merged", "converging", "converged"];
const GOOD = [
  "opening",
  "open",
  "ready",
  "checks-pending",
  "merged",
  "converging",
  "converged",
  "proven",
  "closed",
];

/** Exactly where a pull request stands, what to do next, and the actions that fit. */
export function Standing({ org, pull, role }: { org: string; pull: PullRequestRow; role: Role }) {
  const client = useQueryClient();
  const [undoing, setUndoing] = useState(false);
  const retry = useMutation({
    mutationFn: () => retryRollback(org, pull.id),
    onSuccess: (row) => client.setQueryData(pullRequestQueries.detail(org, pull.id).queryKey, row),
  });
  const mayAct = role !== "viewer";
  const undoable = mayAct && merged.includes(pull.status);
  const next = nextAction(pull.kind);
  return (
    <section aria-label="Where it stands" className="mt-4 flex flex-col gap-2">
      <Notice
        tone={GOOD.includes(pull.situation) ? "plain" : "failed"}
        title={pull.sentence}
        action={
          mayAct &&
          (pull.retryable ? (
            <Button onClick={() => retry.mutate()} disabled={retry.isPending}>
              {retry.isPending ? "Asking…" : "Try again"}
            </Button>
          ) : (
            undoable && <Button onClick={() => setUndoing(true)}>{next.label}</Button>
          ))
        }
      >
        <p>{pull.nextStep}</p>
        {pull.narrow && <p>Only files that no other environment reads are changed.</p>}
        {pull.problem && <p className="mt-1 text-sm text-ink-3 [overflow-wrap:anywhere]">{pull.problem}</p>}
      </Notice>
      {retry.isError && <Notice tone="failed" title={retry.error.message} />}
      {undoing && (
        <RollbackDialog
          org={org}
          environment={pull.environment}
          target={{ revision: pull.fromRevision, as: next.kind }}
          onClose={() => setUndoing(false)}
        />
      )}
    </section>
  );
}
