/** Somebody who commits to the demo repository. */
export interface Person {
  login: string;
  name: string;
  email: string;
  /** Offset from UTC that their commits carry. */
  zone: string;
}

/** Who works at Family Insurance; the release bot commits what the pipelines built. */
export const people = {
  alice: { login: "alice", name: "Alice Andersson", email: "alice@family.example", zone: "+0100" },
  bob: { login: "bob", name: "Bob Berg", email: "bob@family.example", zone: "+0100" },
  carol: { login: "carol", name: "Carol Castro", email: "carol@family.example", zone: "-0300" },
  "release-bot": {
    login: "release-bot",
    name: "release-bot",
    email: "release-bot@family.example",
    zone: "+0000",
  },
} as const satisfies Record<string, Person>;

/** A login of the demo. */
export type Login = keyof typeof people;
