"use client";
import { useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import type { RollbackTarget } from "#components/pull-requests/rollback-dialog.tsx";
import { cn } from "#components/ui/cn.ts";
import { Skeleton } from "#components/ui/notice.tsx";
import { TabList, TabPanel } from "#components/ui/tabs.tsx";
import { useAddress } from "#components/ui/use-address.ts";
import type { EnvironmentDetail } from "#lib/environments/schemas.ts";
import type { Role } from "#lib/organizations/schemas.ts";
import { Divergence } from "./divergence.tsx";
import { environmentQueries } from "./queries.ts";
import { RecentHistory } from "./recent-history.tsx";

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
  history: () => import("./history.tsx"),
  "pull-requests": () => import("#components/pull-requests/pull-request-table.tsx"),
  settings: () => import("./declared.tsx"),
};
const Resources = dynamic(() => parts.resources().then((module) => module.Resources), { loading });
const History = dynamic(() => parts.history().then((module) => module.History), { loading });
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
  const tabs: { value: Tab; name: string; count: number }[] = [
    { value: "divergence", name: "Divergence", count: environment.divergentCount },
    { value: "resources", name: "Resources", count: environment.resourceCount },
    { value: "history", name: "History", count: 0 },
    { value: "pull-requests", name: "Pull requests", count: environment.openPullRequest ? 1 : 0 },
    { value: "settings", name: "Settings", count: 0 },
  ];
  const soon = (next: Tab) => {
    if (next in parts) void parts[next as keyof typeof parts]();
    if (next === "resources")
      void client.prefetchQuery({ ...environmentQueries.resources(org, id), staleTime: 5000 });
    if (next === "history")
      void client.prefetchInfiniteQuery({ ...environmentQueries.history(org, id), staleTime: 5000 });
  };
  return (
    <div className="mt-6 scroll-mt-14" id="evidence">
      <TabList
        label="Evidence"
        tabs={tabs}
        chosen={tab}
        onChoose={(next) => change(tabAddress(next), "push")}
        onSoon={soon}
      />
      <TabPanel
        key={tab}
        value={tab}
        className={cn(
          "mt-[18px] outline-none",
          tab === "divergence" && "grid gap-x-7 gap-y-8 lg:grid-cols-[minmax(0,1fr)_312px]",
          tab === "history" && "max-w-[860px]",
        )}
      >
        {tab === "divergence" && (
          <>
            <Divergence org={org} environment={environment} />
            <aside aria-label="Recent history">
              <RecentHistory org={org} id={id} limit={6} onRollBack={onRollBack} />
            </aside>
          </>
        )}
        {tab === "resources" && <Resources org={org} environment={environment} />}
        {tab === "history" && (
          <History
            org={org}
            id={id}
            onRollBack={onRollBack}
            environment={{ name: environment.name, cluster: environment.cluster.name }}
          />
        )}
        {tab === "pull-requests" && <PullRequestTable org={org} environmentId={id} />}
        {tab === "settings" && <Declared org={org} environment={environment} role={role} />}
      </TabPanel>
    </div>
  );
}
