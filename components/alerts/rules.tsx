"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Empty } from "#components/ui/notice.tsx";
import { Time } from "#components/ui/time.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { RuleRow } from "#lib/notifications/schemas.ts";
import type { Role } from "#lib/organizations/schemas.ts";
import { FirstChannel } from "./first-channel.tsx";
import { deleteRule, notificationQueries } from "./notification-queries.ts";
import { ruleWords } from "./words.ts";

// Loaded when it is opened.
const RuleDialog = dynamic(() => import("./rule-dialog.tsx").then((module) => module.RuleDialog), {
  ssr: false,
});

/** Which alerts of which environments go where, each a sentence. */
export function Rules({ org, role }: { org: string; role: Role }) {
  const router = useRouter();
  // A new channel sends people here, to say what goes there.
  const forChannel = useSearchParams().get("channel");
  const rules = useQuery(notificationQueries.rules(org));
  const channels = useQuery(notificationQueries.channels(org));
  const [adding, setAdding] = useState(forChannel !== null);
  const close = () => {
    setAdding(false);
    if (forChannel) router.replace(`/${org}/alerts/rules`, { scroll: false });
  };
  if (!rules.data) return <Waiting query={rules} rows={4} className="h-10" />;
  if (!channels.data) return <Waiting query={channels} rows={4} className="h-10" />;
  if (channels.data.channels.length === 0) return <FirstChannel role={role} />;
  const add = role === "admin" && (
    <Button look="primary" onClick={() => setAdding(true)}>
      Add a rule…
    </Button>
  );
  return (
    <>
      {rules.data.rules.length === 0 ? (
        <Empty title="Say what goes where" action={add || undefined}>
          A rule reads like a sentence: “Tell #ops when production on eu-west-1 differs, fails or converges.”
          Without one, alerts are recorded here and nobody is told.
        </Empty>
      ) : (
        <>
          {add && <div className="mb-3">{add}</div>}
          <ul aria-label="Rules" className="border-t border-line">
            {rules.data.rules.map((rule) => (
              <Rule key={rule.id} org={org} rule={rule} role={role} />
            ))}
          </ul>
          <p className="mt-3 text-sm text-ink-3">
            How long something lasts before it is told is said under{" "}
            <Link className="link" href={`/${org}/alerts/timing`}>
              Timing
            </Link>
            . Commits on GitHub get a status of each environment without any rule.
          </p>
        </>
      )}
      {adding && role === "admin" && (
        <RuleDialog org={org} channels={channels.data.channels} first={forChannel} onClose={close} />
      )}
    </>
  );
}

function Rule({ org, rule, role }: { org: string; rule: RuleRow; role: Role }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteRule(org, rule.id),
    onSuccess: () => client.invalidateQueries({ queryKey: [org, "notifications"] }),
  });
  const words = ruleWords(rule.environment ? [rule.environment] : [], rule.kinds);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 border-b border-line py-2.5">
      <span className="min-w-0 [overflow-wrap:anywhere]">
        Tell <b className="font-[550]">{rule.channel.name}</b> {words}.
        <span className="block text-sm text-ink-3">
          by {rule.createdBy}, <Time at={rule.createdAt} />
        </span>
        {remove.isError && <span className="block text-sm text-failed">{remove.error.message}</span>}
      </span>
      {role === "admin" && (
        <Button
          look="quiet"
          className="max-md:-ml-3"
          onClick={() => remove.mutate()}
          disabled={remove.isPending}
          aria-label={`Remove the rule: tell ${rule.channel.name} ${words}`}
        >
          {remove.isPending ? "Removing…" : "Remove"}
        </Button>
      )}
    </li>
  );
}
