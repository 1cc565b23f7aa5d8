import { expect, it } from "vitest";
import { membersSentence } from "./members-sentence.ts";

const people = (...roles: ("admin" | "operator" | "viewer")[]) => roles.map((role) => ({ role }));

it("says who there is, by what they may do, and who is still to come", () => {
  expect(membersSentence({ members: people("admin"), invitations: [] }, "Acme")).toBe(
    "1 person in Acme: 1 admin.",
  );
  expect(
    membersSentence({ members: people("viewer", "admin", "operator", "operator"), invitations: [1] }, "Acme"),
  ).toBe("4 people in Acme: 1 admin, 2 operators and 1 viewer; 1 more is invited.");
});
