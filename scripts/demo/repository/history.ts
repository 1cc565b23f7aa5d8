import type { App, FleetModel, Overlay } from "./model.ts";
import type { Login } from "./people.ts";

/** One commit of the demo's history: who, when, why, and what it changes in the model. */
export interface Step {
  /** Hours before now. */
  hoursAgo: number;
  by: Login;
  message: string;
  change(model: FleetModel): void;
  /** The message of the step that this one reverts; its body then names that commit. */
  reverts?: string;
  /** True for the one commit whose dev overlay does not render. */
  broken?: boolean;
}

const step = (hoursAgo: number, by: Login, message: string, change: Step["change"]): Step => ({
  hoursAgo,
  by,
  message,
  change,
});

/** The release bot's commit that moves one service of one overlay to a built image. */
const release = (hoursAgo: number, app: App, tag: string, to: Overlay): Step =>
  step(hoursAgo, "release-bot", `Release ${app} ${tag} to ${to}`, (model) => {
    model.overlays[to].tags[app] = tag;
  });

const promote = (hoursAgo: number, by: Login, app: App, tag: string, why: string): Step =>
  step(hoursAgo, by, `Promote ${app} ${tag} to production\n\n${why}`, (model) => {
    model.overlays.production.tags[app] = tag;
  });

const scale = (hoursAgo: number, by: Login, app: App, count: number, to: Overlay, why: string): Step =>
  step(hoursAgo, by, `Run ${app} with ${count} replicas in ${to}\n\n${why}`, (model) => {
    model.overlays[to].replicas[app] = count;
  });

const brokenPatch = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: rating
spec:
  template:
    spec:
      containers:
      - name: rating
        args: ["--trace"]
       resources: {}
`;

const timeoutRaise = "Give the gateway 60s for a quote";

/** What happened to the repository in the last ten days, oldest first; the first commit comes before all of it. */
export const history: Step[] = [
  release(226, "quotes", "2.6.1", "dev"),
  step(
    222,
    "alice",
    "Keep the platform's network closed by default\n\nDNS has to be allowed out, nothing else.",
    (m) => {
      m.platform.egress = true;
    },
  ),
  release(219.5, "quotes", "2.6.1", "staging"),
  step(
    216,
    "carol",
    "Ask for less CPU in rating\n\nMeasured over a month: the 95th percentile is 18m.",
    (m) => {
      m.apps.rating.cpu = "25m";
    },
  ),
  promote(203, "bob", "quotes", "2.6.1", "Two days on staging without a finding."),
  release(200, "rating", "1.15.0", "dev"),
  step(198, "carol", "Use the October tariff in rating", (m) => {
    m.apps.rating.env.TARIFF = "2026-10";
  }),
  release(194, "rating", "1.15.0", "staging"),
  scale(
    179,
    "alice",
    "gateway",
    3,
    "production",
    "The comparison portals send us twice the traffic since Monday.",
  ),
  step(176.5, "bob", "Protect production against node drains", (m) => {
    m.overlays.production.disruptionBudgets = true;
  }),
  promote(174, "carol", "rating", "1.15.0", "Tariff signed off by the actuaries."),
  step(
    171,
    "carol",
    "Let the cleanup run at night in Lisbon too\n\nIt ran into the export at 03:00 UTC.",
    (m) => {
      m.platform.cleanupSchedule = "30 1 * * *";
    },
  ),
  release(155, "gateway", "3.2.0-rc.1", "dev"),
  release(151, "quotes", "2.7.0", "dev"),
  {
    ...step(150, "alice", "Trace rating in dev", (m) => {
      m.overlays.dev.ratingPatch = brokenPatch;
    }),
    broken: true,
  },
  step(
    149.6,
    "alice",
    "Fix the indentation of the rating trace patch\n\nkustomize build environments/dev failed since the last commit.",
    (m) => {
      m.overlays.dev.ratingPatch = brokenPatch.replace("\n       resources: {}", "");
    },
  ),
  step(
    147,
    "bob",
    "Raise the memory of rating\n\nIt was killed twice while loading the October tariff.",
    (m) => {
      m.apps.rating.memory = "320Mi";
      m.apps.rating.memoryLimit = "384Mi";
    },
  ),
  release(131, "gateway", "3.2.0", "dev"),
  release(128.5, "gateway", "3.2.0", "staging"),
  step(127, "release-bot", "Release payments 1.3.0 to staging", (m) => {
    m.payments.values.staging.tag = "1.3.0";
  }),
  step(125, "carol", "Drop the rating trace from dev", (m) => {
    m.overlays.dev.ratingPatch = null;
  }),
  release(123, "quotes", "2.7.0", "staging"),
  promote(107, "alice", "gateway", "3.2.0", "Needed by the new partner API."),
  step(
    104,
    "carol",
    "Take payments 1.3.0 to production\n\nRefunds work with the new provider contract.",
    (m) => {
      m.payments.values.production.tag = "1.3.0";
    },
  ),
  step(102.5, "bob", timeoutRaise, (m) => {
    m.apps.gateway.env.REQUEST_TIMEOUT = "60s";
  }),
  step(99, "bob", "Log gateway requests in staging", (m) => {
    m.overlays.staging.settings.ACCESS_LOG = "on";
  }),
  {
    ...step(97, "alice", `Revert "${timeoutRaise}"`, (m) => {
      m.apps.gateway.env.REQUEST_TIMEOUT = "15s";
    }),
    reverts: timeoutRaise,
  },
  release(82, "quotes", "2.8.0", "dev"),
  step(
    80,
    "carol",
    "Keep the mail settings with the platform\n\nThe vault fills in the password; the value here is a placeholder.",
    (m) => {
      m.platform.secret = true;
    },
  ),
  promote(78, "bob", "quotes", "2.7.0", "Discounts for families with two cars."),
  scale(77, "bob", "quotes", 4, "production", "The campaign for two-car families starts tonight."),
  step(75.5, "carol", "Show prices without cents in dev", (m) => {
    m.overlays.dev.settings.ROUNDING = "whole";
  }),
  release(73, "quotes", "2.8.0", "staging"),
  step(58, "alice", "Let the auditors read the platform namespace", (m) => {
    m.platform.auditors = true;
  }),
  step(55, "carol", "Try a payment again three times in production", (m) => {
    m.payments.values.production.retries = 3;
  }),
  release(53, "rating", "1.16.0", "dev"),
  step(51.5, "bob", "Give connections 45s to drain", (m) => {
    m.apps.gateway.gracePeriodSeconds = 45;
  }),
  scale(50, "alice", "quotes", 3, "production", "The campaign is over."),
  promote(35, "bob", "quotes", "2.8.0", "New deductibles, agreed with the underwriters."),
  promote(33.5, "bob", "quotes", "2.7.0", "Back to 2.7.0: quotes for motorcycles fail with 2.8.0."),
  release(30, "quotes", "2.8.1", "dev"),
  release(29, "quotes", "2.8.1", "staging"),
  release(27.5, "rating", "1.16.0", "staging"),
  step(26, "carol", "Update the cleanup job", (m) => {
    m.platform.cleanupImage = "registry.example/cleanup:0.4.2";
  }),
  step(11, "alice", "Say who to ask\n\nNew colleagues keep asking in the wrong channel.", (m) => {
    m.readme.push("", "Questions: #platform. On call: the rota in the handbook.");
  }),
  promote(9, "alice", "quotes", "2.8.1", "Motorcycles quote again; on staging since yesterday."),
  step(7, "carol", "Run two payments replicas on staging\n\nTo see that requests are spread.", (m) => {
    m.payments.values.staging.replicas = 2;
  }),
  release(5, "gateway", "3.3.0-rc.1", "dev"),
  step(
    3.5,
    "bob",
    "Turn on the access log in production\n\nThe partners ask for proof of their requests.",
    (m) => {
      m.overlays.production.settings.ACCESS_LOG = "on";
    },
  ),
  scale(1.6, "carol", "rating", 3, "production", "End of the month: everybody renews."),
];
