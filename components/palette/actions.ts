import { signOut } from "next-auth/react";
import { lookNow } from "#components/environments/queries.ts";
import { type Command, runOffered } from "#components/keyboard/commands.ts";
import { say } from "#components/shell/said.tsx";
import { applyTheme } from "#components/shell/theme.ts";
import type { Role } from "#lib/organizations/schemas.ts";
import type { Item } from "./items.tsx";

/** A command that an environment's page offers, asked for from elsewhere: which environment comes next. */
export type EnvironmentVerb = { does: string; run?: (environment: { id: string; name: string }) => void };

/** What the page itself offers. */
export const pageItems = (offered: Command[]): Item[] =>
  offered
    .filter(({ group }) => group === "This page")
    .map(({ does, keys }) => ({
      id: `page ${does}`,
      name: does,
      ...(keys ? { keys } : {}),
      run: () => runOffered(does),
    }));

/** What can be done wherever one is. */
export function actionItems({
  org,
  role,
  offered,
  act,
}: {
  org: string;
  role: Role;
  offered: Command[];
  act: (verb: EnvironmentVerb) => void;
}): Item[] {
  const look = (environment: { id: string; name: string }) => {
    lookNow(org, environment.id).then(
      () => say(`Asked the agent of ${environment.name} to look now.`),
      (error: Error) => say(error.message),
    );
  };
  const verbs: EnvironmentVerb[] = [
    { does: "Look now", run: look },
    { does: "Roll back…" },
    { does: "Suspend…" },
  ];
  return [
    ...(role === "viewer"
      ? []
      : [{ id: "do connect", name: "Connect a cluster", href: `/${org}/clusters/connect` }]),
    ...(role === "viewer" ? [] : verbs)
      .filter(({ does }) => !offered.some((command) => command.does === does))
      .map((verb) => ({
        id: `do ${verb.does}`,
        name: verb.does,
        detail: "an environment",
        stays: true,
        run: () => act(verb),
      })),
    { id: "do link", name: "Copy a link to this page", run: copyLink },
    { id: "do light", name: "Theme: light", run: () => applyTheme("light") },
    { id: "do dark", name: "Theme: dark", run: () => applyTheme("dark") },
    { id: "do system", name: "Theme: as the system", run: () => applyTheme("system") },
    { id: "do keys", name: "What the keys do", keys: "?", run: () => runOffered("What the keys do") },
    { id: "do leave", name: "Sign out", run: () => void signOut({ callbackUrl: "/sign-in" }) },
  ];
}

function copyLink() {
  navigator.clipboard.writeText(location.href).then(
    () => say("The link is on the clipboard."),
    () => say("The browser did not let the link onto the clipboard; copy it from the address bar."),
  );
}
