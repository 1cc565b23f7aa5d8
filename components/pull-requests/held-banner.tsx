"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Time } from "#components/ui/time.tsx";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";
import { releaseEnvironment } from "./queries.ts";
import type { RollbackTarget } from "./rollback-dialog.tsx";

// Loaded when it is opened.
const RollbackDialog = dynamic(
  () => import("./rollback-dialog.tsx").then((module) => module.RollbackDialog),
  { ssr: false },
);

/** After a rollback: that automation must not move the environment, why, and the way out of it. */
export function HeldBanner({
  org,
  environment,
  mayAct,
}: {
  org: string;
  environment: EnvironmentDetail;
  mayAct: boolean;
}) {
  const client = useQueryClient();
  const [target, setTarget] = useState<RollbackTarget | null>(null);
  const release = useMutation({
    mutationFn: () => releaseEnvironment(org, environment.id),
    onSettled: () => client.invalidateQueries({ queryKey: [org, "environments"] }),
  });
  const { held } = environment;
  if (!held) return null;
  return (
    <section aria-label="Held" className="mt-4 flex flex-col gap-2">
      <Notice
        title="Held after a rollback: image updates and promotions do not move it."
        action={
          mayAct && (
            <span className="flex flex-wrap gap-2">
              <Button onClick={() => setTarget("choose")}>Roll forward…</Button>
              <Button onClick={() => release.mutate()} disabled={release.isPending}>
                {release.isPending ? "Lifting…" : "Lift the hold"}
              </Button>
            </span>
          )
        }
      >
        <p className="[overflow-wrap:anywhere]">
          “{held.reason}”, {held.by}, <Time at={held.since} />. A newer revision that changes it ends this,
          too.{" "}
          {held.pullRequestId && (
            <Link className="link" href={`/${org}/pull-requests/${held.pullRequestId}`}>
              The rollback
            </Link>
          )}
        </p>
      </Notice>
      {target && (
        <RollbackDialog
          org={org}
          environment={environment}
          target={target}
          onClose={() => setTarget(null)}
          onTarget={setTarget}
        />
      )}
      {release.isError && <Notice tone="failed" title={release.error.message} />}
    </section>
  );
}
