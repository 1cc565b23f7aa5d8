"use client";
import { useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { Tabs } from "radix-ui";
import type { RollbackTarget } from "#components/pull-requests/rollback-dialog.tsx";
import { Skeleton } from "#components/ui/notice.tsx";
import { useAddress } from "#components/ui/use-address.ts";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";
import type { Role } from "#lib/organizations/schemas.ts";
import { Divergence } from "./divergence.tsx";
import { History, RecentHistory } from "./history.tsx";
import { environmentQueries } from "./queries.ts";

const loading = () => (
  <div role="status" aria-label="Loading" className="flex flex-col gap-2">
    {Array.from({ length: 6 }, (_, row) => (
      <Skeleton key={row} className="h-9" />
    ))}
  </div>
);
// What is not seen first comes when it is asked for, or when somebody is about to ask.
const parts = {
  resources: () => import("./resources.tsx"),
  "pull-requests": () => import("#components/pull-requests/pull-request-table.tsx"),
  settings: () => import("./declared.tsx"),
};
const Resources = dynamic(() => parts.resources().then((module) => module.Resources), { loading });
const PullRequestTable = dynamic(() => parts["pull-requests"]().then((module) => module.PullRequestTable), {
  loading,
});
const Declared = dynamic(() => parts.settings().then((module) => module.Declared), { loading });

const TABS = ["divergence", "resources", "history", "pull-requests", "settings"] as const;
export type Tab = (typeof TABS)[number];
export const tabOf = (text: string | null): Tab => TABS.find((one) => one === text) ?? "divergence";

/** What a tab's address says behind "?"; what belongs to another tab is left behind. */
export const tabAddress = (tab: Tab) => ({
  tab: tab === "divergence" ? null : tab,
  ...{ object: null, entry: null, q: null, kind: null, state: null, only: null, view: null },
});

/** The evidence behind the sentence, each part at an address of its own. */
export function EnvironmentTabs({
  org,
  environment,
  role,
  onRollBack,
}: {
  org: string;
  environment: EnvironmentDetail;
  role: Role;
  onRollBack: ((target: RollbackTarget) => void) | undefined;
}) {
  const { id } = environment;
  const client = useQueryClient();
  const [address, change] = useAddress();
  const tab = tabOf(address.get("tab"));
  const names: [Tab, string, number][] = [
    ["divergence", "Divergence", environment.divergentCount],
    ["resources", "Resources", environment.resourceCount],
    ["history", "History", 0],
    ["pull-requests", "Pull requests", environment.openPullRequest ? 1 : 0],
    ["settings", "Settings", 0],
  ];
  const soon = (next: Tab) => {
    if (next in parts) void parts[next as keyof typeof parts]();
    if (next === "resources")
      void client.prefetchQuery({ ...environmentQueries.resources(org, id), staleTime: 5000 });
    if (next === "history")
      void client.prefetchInfiniteQuery({ ...environmentQueries.history(org, id), staleTime: 5000 });
  };
  return (
    <Tabs.Root
      value={tab}
      onValueChange={(next) => change(tabAddress(tabOf(next)), "push")}
      className="mt-6 scroll-mt-14"
      id="evidence"
    >
      <Tabs.List
        className="flex gap-[22px] overflow-x-auto border-b border-line print:hidden"
        aria-label="Evidence"
      >
        {names.map(([value, name, count]) => (
          <Tabs.Trigger
            key={value}
            value={value}
            onPointerEnter={() => soon(value)}
            onFocus={() => soon(value)}
            className="-mb-px whitespace-nowrap border-b-2 border-transparent py-2 text-ink-2 hover:text-ink data-[state=active]:border-ink focus-visible:outline-offset-[-2px] data-[state=active]:font-[550] data-[state=active]:text-ink"
          >
            {name}
            {count > 0 && <span className="font-normal text-ink-3"> {count}</span>}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Tabs.Content
        value="divergence"
        className="mt-[18px] grid gap-x-7 gap-y-8 outline-none lg:grid-cols-[minmax(0,1fr)_312px]"
      >
        <Divergence org={org} environment={environment} />
        <aside aria-label="Recent history">
          <RecentHistory org={org} id={id} limit={6} onRollBack={onRollBack} />
        </aside>
      </Tabs.Content>
      <Tabs.Content value="resources" className="mt-[18px] outline-none">
        <Resources org={org} environment={environment} />
      </Tabs.Content>
      <Tabs.Content value="history" className="mt-[18px] max-w-[860px] outline-none">
        <History
          org={org}
          id={id}
          onRollBack={onRollBack}
          environment={{ name: environment.name, cluster: environment.cluster.name }}
        />
      </Tabs.Content>
      <Tabs.Content value="pull-requests" className="mt-[18px] outline-none">
        <PullRequestTable org={org} environmentId={id} />
      </Tabs.Content>
      <Tabs.Content value="settings" className="mt-[18px] outline-none">
        <Declared org={org} environment={environment} role={role} />
      </Tabs.Content>
    </Tabs.Root>
  );
}
