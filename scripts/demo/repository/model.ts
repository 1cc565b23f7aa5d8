/** The three services of the demo company. */
export const apps = ["quotes", "rating", "gateway"] as const;
export type App = (typeof apps)[number];

/** The overlays on the shared base. */
export const overlays = ["dev", "staging", "production"] as const;
export type Overlay = (typeof overlays)[number];

/** What a service's manifests are made from. */
export interface AppModel {
  port: number;
  probePath: string;
  cpu: string;
  memory: string;
  memoryLimit: string;
  /** Plain environment variables, by name. */
  env: Record<string, string>;
  gracePeriodSeconds: number;
}

/** What an overlay sets on top of the base. */
export interface OverlayModel {
  tags: Record<App, string>;
  replicas: Record<App, number>;
  /** Becomes the config map that every service reads. */
  settings: Record<string, string>;
  host: string;
  disruptionBudgets: boolean;
  /** A patch of the rating deployment, as written. */
  ratingPatch: string | null;
}

/** What the Helm chart and one values file of it are made from. */
export interface PaymentsModel {
  chartVersion: string;
  values: Record<
    "staging" | "production",
    { tag: string; replicas: number; provider: string; retries: number }
  >;
}

/** Everything the demo repository's files are made from at one commit. */
export interface FleetModel {
  apps: Record<App, AppModel>;
  overlays: Record<Overlay, OverlayModel>;
  payments: PaymentsModel;
  platform: {
    cleanupSchedule: string;
    cleanupImage: string;
    egress: boolean;
    auditors: boolean;
    secret: boolean;
  };
  /** Lines at the end of the README. */
  readme: string[];
}

const app = (port: number, memory: string, env: Record<string, string>): AppModel => ({
  port,
  probePath: "/healthz",
  cpu: "50m",
  memory,
  memoryLimit: memory,
  env,
  gracePeriodSeconds: 30,
});

const overlay = (name: Overlay, replicas: number, level: string): OverlayModel => ({
  tags: { quotes: "2.6.0", rating: "1.14.2", gateway: "3.1.0" },
  replicas: { quotes: replicas, rating: replicas, gateway: replicas },
  settings: { LOG_LEVEL: level, CURRENCY: "EUR" },
  host: name === "production" ? "quotes.family.example" : `quotes.${name}.family.example`,
  disruptionBudgets: false,
  ratingPatch: null,
});

/** The repository's first commit. */
export function firstModel(): FleetModel {
  return {
    apps: {
      quotes: app(8080, "128Mi", { RATING_URL: "http://rating:8081" }),
      rating: app(8081, "256Mi", { TARIFF: "2026-07" }),
      gateway: app(8000, "96Mi", { QUOTES_URL: "http://quotes:8080", REQUEST_TIMEOUT: "15s" }),
    },
    overlays: {
      dev: overlay("dev", 1, "debug"),
      staging: overlay("staging", 1, "info"),
      production: overlay("production", 2, "info"),
    },
    payments: {
      chartVersion: "0.3.0",
      values: {
        staging: { tag: "1.2.0", replicas: 1, provider: "sandbox", retries: 2 },
        production: { tag: "1.2.0", replicas: 2, provider: "giro", retries: 2 },
      },
    },
    platform: {
      cleanupSchedule: "0 3 * * *",
      cleanupImage: "registry.example/cleanup:0.4.1",
      egress: false,
      auditors: false,
      secret: false,
    },
    readme: [],
  };
}
