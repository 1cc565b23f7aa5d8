import type { AlertMessage } from "../message.ts";

/** A message as the outbox has them; for tests. */
export const testMessage = (changed: Partial<AlertMessage> = {}): AlertMessage => ({
  id: "0199e1a0-0000-7000-8000-000000000001",
  kind: "diff",
  at: "2026-11-20T14:32:11.000Z",
  organization: { slug: "acme", name: "Acme" },
  cluster: "eu-1",
  environment: "production",
  title: "production on eu-1 has differed from Git for 30 min",
  what: "Deployment/quotes replicas 6 → 2, by kubectl edit",
  since: "2026-11-20T14:02:11.000Z",
  who: "alice",
  revision: "0123456789abcdef0123456789abcdef01234567",
  url: "https://plumbline.example/acme/production",
  commitUrl: "https://github.com/acme/fleet/commit/0123456",
  episode: "episode-1",
  ordinal: 0,
  ...changed,
});
