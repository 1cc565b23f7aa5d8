import type { AlertMessage } from "../notifications/message.ts";
import { duration } from "../protocol/duration.ts";
import type { Raised } from "./rules.ts";

/** Who did something, where it is known: a commit, or a hand in the cluster. */
export type About = {
  organization: { slug: string; name: string };
  cluster: string;
  environment: string;
  /** `https://plumbline.example/acme/environments/eu-1/production`. */
  url: string;
  /** What the environment says of itself: the summary of its differences, else its reason. */
  what: string;
  /** Who edited the cluster, where somebody did. */
  editor: string | null;
  suspended: { reason: string; owner: string; until: string | null } | null;
  /** Author and first line of the alert's revision. */
  commit: { author: string; subject: string } | null;
  commitUrl: string | null;
};

/** What a channel says of an alert of one environment. Pure. */
export function messageOf(id: string, alert: Raised, about: About): AlertMessage {
  const { kind, at, since, revision, episode, ordinal } = alert;
  const { title, what, who } = wordsOf(alert, about);
  return {
    id,
    kind,
    at: new Date(at).toISOString(),
    organization: about.organization,
    cluster: about.cluster,
    environment: about.environment,
    title: clip(title, 300),
    what: clip(what, 2000),
    since: since === null ? null : new Date(since).toISOString(),
    who: who === null ? null : clip(who, 300),
    revision,
    url: about.url,
    commitUrl: about.commitUrl,
    episode,
    ordinal,
  };
}

function wordsOf(alert: Raised, about: About): { title: string; what: string; who: string | null } {
  const { kind, at, since, revision } = alert;
  const place = `${about.environment} on ${about.cluster}`;
  const sha = revision?.slice(0, 7) ?? "";
  const author = about.commit?.author ?? null;
  const subject = about.commit?.subject ?? "";
  const lasted = since === null ? "" : duration(at - since);
  switch (kind) {
    case "change-committed":
      return { title: `${place} gets ${sha}`, what: subject || `Git says ${sha} now.`, who: author };
    case "diff": {
      const title =
        alert.ordinal > 0
          ? `${place} still differs from Git after ${lasted}`
          : `${place} has differed from Git for ${lasted}`;
      return { title, what: about.what, who: about.editor ?? author };
    }
    case "converged": {
      const title = sha ? `${place} has converged at ${sha}` : `${place} has converged`;
      const what = lasted
        ? `Every object is what Git says, after ${lasted}.`
        : "Every object is what Git says.";
      return { title, what: subject ? `${what} ${sha}: ${subject}` : what, who: author };
    }
    case "failed":
      return {
        title: sha ? `${place} could not take ${sha}` : `${place} has a failed sync`,
        what: alert.message ?? about.what,
        who: author,
      };
    case "suspended-too-long": {
      const { reason = "", owner = null, until = null } = about.suspended ?? {};
      const end = until ? `until ${until}` : "without an end";
      return {
        title: `${place} has been suspended for ${lasted}`,
        what: `${reason || "No reason was given."} It is suspended ${end}; meanwhile nothing from Git is applied.`,
        who: owner,
      };
    }
  }
}

/** Cuts a text to what its field takes. */
export function clip(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
