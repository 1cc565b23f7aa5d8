import { describe, expect, it } from "vitest";
import { changedChannel, newChannel } from "./channel-input.ts";

describe("a new channel from its form", () => {
  it("leaves a signing secret out where none was given, so that the server makes one", () => {
    const made = newChannel("webhook", {
      name: " bot ",
      url: " https://example.com/x ",
      signingSecret: " ",
    });
    expect(made).toEqual({
      ok: true,
      input: { kind: "webhook", name: "bot", url: "https://example.com/x" },
    });
  });
  it("takes addresses however people separate them", () => {
    const made = newChannel("email", {
      name: "On call",
      recipients: "a@example.com, b@example.com\nc@example.com",
    });
    expect(made.ok && made.input).toMatchObject({
      recipients: ["a@example.com", "b@example.com", "c@example.com"],
    });
  });
  it("says what is wrong at the field it is wrong in, and which address", () => {
    const made = newChannel("email", { name: "", recipients: "a@example.com, nobody" });
    expect(made.ok === false && made.errors).toEqual({
      name: "Give the channel a name.",
      recipients: "nobody: This is not an e-mail address.",
    });
    const bot = newChannel("slack-bot", { name: "ops", channel: "#ops", token: "hello" });
    expect(bot.ok === false && Object.keys(bot.errors)).toEqual(["token"]);
  });
});

describe("a changed channel", () => {
  it("keeps secrets whose field was left empty, and sends an emptied name to be refused", () => {
    expect(changedChannel({ name: "bot", url: "", signingSecret: "" })).toEqual({ name: "bot" });
    expect(changedChannel({ name: "" })).toEqual({ name: "" });
    expect(changedChannel({ name: "x", recipients: "a@example.com" })).toEqual({
      name: "x",
      recipients: ["a@example.com"],
    });
  });
});
