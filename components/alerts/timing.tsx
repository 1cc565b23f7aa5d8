"use client";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import { EnvironmentPicker } from "#components/environments/environment-picker.tsx";
import { environmentQueries } from "#components/environments/queries.ts";
import { Button } from "#components/ui/button.tsx";
import { Waiting } from "#components/ui/waiting.tsx";
import type { Role } from "#lib/organizations/schemas.ts";
import { FROM_WORDS, policyWords } from "./policy-words.ts";
import { alertQueries, asQuery } from "./queries.ts";

// Loaded when it is opened.
const PolicyForm = dynamic(() => import("./policy-form.tsx").then((module) => module.PolicyForm), {
  ssr: false,
});

/** When alerts are told: for the organization, and where an environment needs it otherwise. */
export function Timing({ org, role }: { org: string; role: Role }) {
  const router = useRouter();
  const environmentId = useSearchParams().get("environment");
  const found = useQuery({
    ...environmentQueries.find(org, { ids: environmentId ?? "" }),
    enabled: environmentId !== null,
  });
  const row = found.data?.environments.find((one) => one.id === environmentId);
  return (
    <div className="grid max-w-[1080px] gap-x-12 gap-y-8 lg:grid-cols-2">
      <section aria-labelledby="everywhere">
        <h2 id="everywhere" className="mb-1 text-lg font-semibold tracking-[-0.01em]">
          Every environment
        </h2>
        <Policy org={org} environmentId={null} role={role} />
      </section>
      <section aria-labelledby="one">
        <h2 id="one" className="mb-1 text-lg font-semibold tracking-[-0.01em]">
          One environment
        </h2>
        <p className="mb-2 text-ink-2">
          Production may be told sooner than a sandbox. Choose one to see the timing that holds for it.
        </p>
        <EnvironmentPicker
          org={org}
          single
          chosen={row ? [{ id: row.id, name: row.name, cluster: row.cluster.name }] : []}
          onChange={([one]) =>
            router.replace(`/${org}/alerts/timing${asQuery({ environment: one?.id })}`, { scroll: false })
          }
        />
        {row && (
          <div className="mt-4">
            <h3 className="font-[550]">
              {row.name} on {row.cluster.name}
            </h3>
            <Policy key={row.id} org={org} environmentId={row.id} role={role} />
          </div>
        )}
      </section>
    </div>
  );
}

/** The timing that holds, whose it is, and the way to change it. */
export function Policy({
  org,
  environmentId,
  role,
}: {
  org: string;
  environmentId: string | null;
  role: Role;
}) {
  const query = useQuery(alertQueries.policy(org, environmentId));
  const [editing, setEditing] = useState(false);
  if (!query.data) return <Waiting query={query} rows={1} className="h-24" />;
  const { policy, from, own } = query.data;
  if (editing)
    return (
      <div className="mt-3">
        <PolicyForm
          org={org}
          environmentId={environmentId}
          view={query.data}
          onDone={() => setEditing(false)}
        />
      </div>
    );
  return (
    <>
      <p className="text-ink-2">{policyWords(policy)}</p>
      <p className="mt-1 text-sm text-ink-3">{FROM_WORDS[from]}</p>
      {role === "admin" && (
        <Button className="mt-3" onClick={() => setEditing(true)}>
          {environmentId && !own ? "Give it its own timing…" : "Change…"}
        </Button>
      )}
    </>
  );
}
