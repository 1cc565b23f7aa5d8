import { duration } from "../../protocol/duration.ts";
import type { AlertKind, AlertMessage } from "../message.ts";
import { oneLine, plainText } from "./plain-text.ts";

/** What a message says, for every channel to set in its own way: cleaned plain text, not yet escaped for any. */
export type Words = {
  /** One line. */
  title: string;
  /** A sentence or two, perhaps on several lines; may be empty. */
  what: string;
  facts: { label: string; text: string }[];
  /** Web addresses only, the page in Plumbline first. */
  links: { label: string; url: string }[];
};

type Subject = Pick<
  AlertMessage,
  "kind" | "at" | "organization" | "cluster" | "environment" | "since" | "ordinal"
>;

/** The words of one message. A reminder says "still"; an end of an episode says how long it was. */
export function wordsOf(message: AlertMessage): Words {
  const title = oneLine(message.title) || titleOf(message);
  const reminder = message.ordinal > 0 && !/\bstill\b/i.test(title);
  const facts = [
    whereFact(message),
    { label: "Organization", text: message.organization.name || message.organization.slug },
    timeFact(message),
    { label: WHO[message.kind], text: message.who ?? "" },
    { label: "Revision", text: shortRevision(message.revision ?? "") },
    { label: "Reminder", text: message.ordinal > 0 ? `number ${message.ordinal}` : "" },
  ];
  return {
    title: reminder ? oneLine(`Still: ${title}`) : title,
    what: plainText(message.what),
    facts: facts.map(({ label, text }) => ({ label, text: oneLine(text) })).filter(({ text }) => text !== ""),
    links: [
      { label: "Open in Plumbline", url: webAddress(message.url) },
      {
        label: `Commit ${shortRevision(oneLine(message.revision ?? ""))}`.trim(),
        url: webAddress(message.commitUrl),
      },
    ].filter((link): link is { label: string; url: string } => link.url !== null),
  };
}

const WHO: Record<AlertKind, string> = {
  "change-committed": "Author",
  diff: "Who",
  converged: "Who",
  failed: "Who",
  "agent-silent": "Who",
  "suspended-too-long": "Suspended by",
  "audit-anchor": "Asked for by",
  test: "Asked for by",
};

/** The one line for a message whose maker has no better: where, what, and for how long. */
export function titleOf(subject: Subject): string {
  const { kind, ordinal, organization } = subject;
  const where = whereOf(subject);
  const lasted = lastedOf(subject);
  const agent = `The agent of ${subject.cluster ?? where}`;
  const has = (participle: string, still: string) =>
    ordinal > 0
      ? `${still}${lasted ? `, for ${lasted} now` : ""}`
      : `${participle}${lasted ? ` for ${lasted}` : ""}`;
  const titles: Record<AlertKind, string> = {
    "change-committed": `A change was committed for ${where}`,
    diff: `${where} ${has("has differed from Git", "still differs from Git")}`,
    converged: `${where} has converged${lasted ? `, after ${lasted}` : ""}`,
    failed: ordinal > 0 ? `${where} ${has("", "still fails to sync")}` : `${where} failed to sync`,
    "agent-silent": `${agent} ${has("has been silent", "is still silent")}`,
    "suspended-too-long": `${where} ${has("has been suspended", "is still suspended")}`,
    "audit-anchor": `Anchor of the audit log of ${organization.name || organization.slug}`,
    test: `A test from Plumbline for ${organization.name || organization.slug}`,
  };
  return oneLine(titles[kind]);
}

const whereOf = ({ environment, cluster, organization }: Subject) =>
  environment ? `${environment}${cluster ? ` on ${cluster}` : ""}` : (cluster ?? organization.name);

function whereFact(subject: Subject) {
  const label = subject.environment ? "Environment" : "Cluster";
  return { label, text: subject.environment || subject.cluster ? whereOf(subject) : "" };
}

const SINCE: Record<AlertKind, string> = {
  "change-committed": "Committed",
  diff: "Differs since",
  converged: "Differed for",
  failed: "Since",
  "agent-silent": "Silent since",
  "suspended-too-long": "Suspended since",
  "audit-anchor": "Signed",
  test: "Sent",
};

function timeFact(subject: Subject) {
  const { kind, at, since, ordinal } = subject;
  const lasted = lastedOf(subject);
  if (kind === "converged")
    return lasted && since
      ? { label: SINCE.converged, text: `${lasted}, from ${utc(since)} to ${utc(at)}` }
      : { label: "Converged", text: utc(at) };
  if (kind === "test" || kind === "audit-anchor" || !since)
    return { label: kind === "change-committed" ? SINCE[kind] : "At", text: utc(at) };
  const still = ordinal > 0 ? "still, " : "";
  const open = kind === "change-committed" || !lasted ? "" : ` (${still}${lasted} by ${utc(at)})`;
  return { label: SINCE[kind], text: `${utc(since)}${open}` };
}

function lastedOf({ since, at }: Subject): string | null {
  const ms = since === null ? Number.NaN : Date.parse(at) - Date.parse(since);
  return ms >= 0 ? duration(ms) : null;
}

/** "2026-11-20 14:02:11 UTC"; what is no time stays as it is. */
function utc(at: string): string {
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? at : `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

const shortRevision = (revision: string) =>
  /^[0-9a-f]{40,64}$/.test(revision) ? revision.slice(0, 7) : revision;

/** The address if it is one of the web, with everything else in it percent-encoded; null otherwise. */
function webAddress(url: string | null): string | null {
  if (!url || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return null;
  return new URL(url).href.replace(/[|<>"'`\s]/g, (mark) => encodeURIComponent(mark).replace("'", "%27"));
}
