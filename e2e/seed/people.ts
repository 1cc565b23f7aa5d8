import type { Role } from "#lib/organizations/schemas.ts";

export type Person = { login: string; name: string; email: string; role: Role };

const person = (login: string, name: string, role: Role = "operator"): Person => ({
  login,
  name,
  role,
  email: `${login}@family.example`,
});

/** Who works at the organization; the first founded it. */
export const people = [
  person("amara", "Amara Okafor", "admin"),
  person("bjorn", "Björn Lindqvist", "admin"),
  person("carmen", "Carmen Ruiz"),
  person("daniel", "Daniel Weiss"),
  person("elif", "Elif Yılmaz"),
  person("farid", "Farid Haddad"),
  person("grace", "Grace Mensah"),
  person("hana", "Hana Kobayashi"),
  person("ines", "Inês Carvalho"),
  person("jonas", "Jonas Becker"),
  person("katya", "Katya Petrova", "viewer"),
  person("liam", "Liam O’Connor", "viewer"),
] as const;

/** Asked to join and not here yet. */
export const invited = [
  { email: "noor@family.example", role: "operator" },
  { email: "audit@kestrel-partners.example", role: "viewer" },
] as const;
