"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field, TextArea } from "#components/ui/field.tsx";
import { Notice } from "#components/ui/notice.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Role } from "#lib/organizations/schemas.ts";
import { anchorAudit, auditQueries, verifyAudit } from "./queries.ts";

/** Follows the chain while one watches, compares it with anchors, and signs a new one. */
export function VerifyDialog({ org, role, onClose }: { org: string; role: Role; onClose: () => void }) {
  const [anchors, setAnchors] = useState("");
  const [progress, setProgress] = useState<{ checked: number; total: number } | null>(null);
  const verify = useMutation({
    mutationFn: () => verifyAudit(org, anchors, setProgress),
    onMutate: () => setProgress(null),
  });
  const found = verify.data;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Verify the audit log"
      description="Every hash is computed anew, from the first event to the last."
    >
      <div className="flex flex-col gap-4">
        <Field
          label="Anchors"
          hint="Optional. Paste what a channel received or you kept: it shows whether the end was cut or all of it written anew."
        >
          {(attributes) => (
            <TextArea
              {...attributes}
              value={anchors}
              onChange={(event) => setAnchors(event.target.value)}
              placeholder="plumbline-audit-1.…"
              spellCheck={false}
              className="mono text-xs"
            />
          )}
        </Field>
        <div className="flex items-center gap-3">
          <Button look="primary" onClick={() => verify.mutate()} disabled={verify.isPending}>
            {verify.isPending ? "Verifying…" : found ? "Verify again" : "Verify"}
          </Button>
          {verify.isPending && (
            <progress
              aria-label="Events verified"
              className="h-1.5 flex-1 accent-converging"
              {...(progress ? { value: progress.checked, max: Math.max(progress.total, 1) } : {})}
            />
          )}
          {verify.isPending && progress && (
            <span className="mono text-sm text-ink-3">{progress.checked.toLocaleString("en")}</span>
          )}
        </div>
        {verify.isError && <Notice tone="failed" title={verify.error.message} />}
        {found && !verify.isPending && (
          <Notice tone={found.ok ? "plain" : "failed"} title={found.message}>
            {found.anchors.map(({ message }) => (
              <p key={message}>{message}</p>
            ))}
            {found.open}
          </Notice>
        )}
        <Anchors org={org} mayAnchor={role !== "viewer"} />
      </div>
    </Dialog>
  );
}

function Anchors({ org, mayAnchor }: { org: string; mayAnchor: boolean }) {
  const client = useQueryClient();
  const setting = useQuery(auditQueries.anchors(org)).data;
  const sign = useMutation({
    mutationFn: () => anchorAudit(org),
    onSuccess: () => client.invalidateQueries({ queryKey: [org, "audit"] }),
  });
  return (
    <section aria-label="Anchor" className="flex flex-col gap-2 border-t border-line pt-4">
      <h3 className="font-semibold">Anchor</h3>
      <p className="text-ink-2">
        A signed line with the newest event’s hash, kept where this database’s owner cannot change it.{" "}
        {setting?.channels.length ? (
          <>Sent once a day to {setting.channels.join(", ")}.</>
        ) : (
          <>
            It is sent nowhere yet:{" "}
            <Link href={`/${org}/alerts/rules`} className="underline underline-offset-[3px]">
              add a rule
            </Link>{" "}
            for audit anchors to a channel, for every environment.
          </>
        )}
        {setting?.lastAt && (
          <>
            {" "}
            The last one was signed <Time at={setting.lastAt} />.
          </>
        )}
      </p>
      {mayAnchor && (
        <div>
          <Button onClick={() => sign.mutate()} disabled={sign.isPending}>
            {sign.isPending ? "Signing…" : "Anchor now"}
          </Button>
        </div>
      )}
      {sign.isError && <Notice tone="failed" title={sign.error.message} />}
      {sign.data && (
        <Notice
          title={`Event ${sign.data.sequence} is anchored${sign.data.channels.length ? `, and on its way to ${sign.data.channels.join(", ")}` : ""}.`}
          action={<CopyButton text={sign.data.anchor} label="Copy the anchor" />}
        >
          <code className="mono block max-h-24 overflow-y-auto break-all text-xs">{sign.data.anchor}</code>
        </Notice>
      )}
      {setting && (
        <p className="text-sm text-ink-3 [overflow-wrap:anywhere]">
          Public key, Ed25519: <span className="mono">{setting.publicKey}</span>
          <CopyButton text={setting.publicKey} label="Copy the public key" className="ml-1 align-middle" />
        </p>
      )}
    </section>
  );
}
