import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterEach, describe, expect, test } from "vitest";
import { openEmail } from "./email.ts";
import { emailParts } from "./email-parts.ts";
import { testMessage } from "./test-message.ts";

type Mail = { from: string; to: string[]; source: string; secure: boolean; user: string | undefined };
const opened: SMTPServer[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await new Promise<void>((resolve) => server.close(() => resolve()));
});

const problem = (responseCode: number, message: string) =>
  Object.assign(new Error(message), { responseCode });

async function relay(options: SMTPServerOptions = {}) {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    onAuth: ({ username, password }, _session, done) =>
      password === "right" ? done(null, { user: username }) : done(problem(535, "5.7.8 Wrong password")),
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : "",
          to: rcptTo.map((each) => each.address),
          source: Buffer.concat(parts).toString(),
          secure: session.secure,
          user: session.user as string | undefined,
        });
        done();
      });
    },
    ...options,
  });
  server.on("error", () => {});
  opened.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  return { mails, port };
}

const open = (smtpUrl: string, recipients = ["oncall@example.com"]) =>
  openEmail({ recipients }, { smtpUrl, from: "Plumbline <alerts@example.com>", host: "plumbline.example" });

/** The header of that name, unfolded. */
const header = (source: string, name: string) =>
  new RegExp(`^${name}: (.*(?:\r\n[ \t].*)*)`, "im")
    .exec(source.split("\r\n\r\n")[0] ?? "")?.[1]
    ?.replace(/\r\n[ \t]+/g, " ");

describe("a real SMTP server", () => {
  test("gets text and HTML, for each recipient, with headers that keep machines from answering", async () => {
    const { mails, port } = await relay();
    const sent = await open(`smtp://127.0.0.1:${port}?tls.rejectUnauthorized=false`, [
      "a@example.com",
      "b@example.com",
    ]).send(testMessage(), null);
    const id = "<alert-0199e1a0-0000-7000-8000-000000000001@plumbline.example>";
    expect(sent).toEqual({ ok: true, thread: id });
    expect(mails).toHaveLength(1);
    const mail = mails[0] as Mail;
    expect(mail.to).toEqual(["a@example.com", "b@example.com"]);
    expect(mail.from).toBe("alerts@example.com");
    expect(header(mail.source, "Message-ID")).toBe(id);
    expect(header(mail.source, "Subject")).toBe("production on eu-1 has differed from Git for 30 min");
    expect(header(mail.source, "Auto-Submitted")).toBe("auto-generated");
    expect(header(mail.source, "List-ID")).toBe("<acme.alerts.plumbline.example>");
    expect(header(mail.source, "In-Reply-To")).toBeUndefined();
    expect(mail.source).toContain("text/plain");
    // Lines are folded with a trailing "=" (quoted-printable).
    const parts = mail.source.replaceAll("=\r\n", "").split("text/html");
    for (const part of parts) {
      expect(part).toContain("2026-11-20 14:02:11 UTC");
      expect(part).toContain("https://plumbline.example/acme/production");
    }
    expect(parts).toHaveLength(2);
  });

  test("gets what follows in an episode as an answer to its first message; a repetition has the same id", async () => {
    const { mails, port } = await relay();
    const channel = open(`smtp://127.0.0.1:${port}?ignoreTLS=true`);
    const first = await channel.send(testMessage(), null);
    const thread = first.ok ? first.thread : null;
    const reminder = testMessage({ id: "0199e1a0-0000-7000-8000-000000000002", ordinal: 1 });
    expect(await channel.send(reminder, thread)).toEqual({ ok: true, thread });
    await channel.send(reminder, thread);
    const [, second, again] = mails.map((mail) => mail.source);
    expect(header(second ?? "", "In-Reply-To")).toBe(thread);
    expect(header(second ?? "", "References")).toBe(thread);
    expect(header(second ?? "", "Subject")).toMatch(/^Still: /);
    expect(header(again ?? "", "Message-ID")).toBe(header(second ?? "", "Message-ID"));
    expect(header(second ?? "", "Message-ID")).not.toBe(thread);
  });

  test("STARTTLS is used where it is offered, and the password is given inside it", async () => {
    const { mails, port } = await relay({ authOptional: false });
    const sent = await open(`smtp://plumbline:right@127.0.0.1:${port}?tls.rejectUnauthorized=false`).send(
      testMessage(),
      null,
    );
    expect(sent).toMatchObject({ ok: true });
    expect(mails).toMatchObject([{ secure: true, user: "plumbline" }]);
  });

  test("a certificate that cannot be trusted stops it", async () => {
    const { mails, port } = await relay();
    expect(await open(`smtp://127.0.0.1:${port}`).send(testMessage(), null)).toMatchObject({ ok: false });
    expect(mails).toHaveLength(0);
  });

  test("a password never goes unencrypted", async () => {
    const passwords: unknown[] = [];
    const { port } = await relay({
      disabledCommands: ["STARTTLS"],
      allowInsecureAuth: true,
      onAuth: (auth, _session, done) => {
        passwords.push(auth.password);
        done(null, { user: "x" });
      },
    });
    const sent = await open(`smtp://plumbline:right@127.0.0.1:${port}`).send(testMessage(), null);
    expect(sent).toMatchObject({ ok: false });
    expect(passwords).toEqual([]);
  });

  test("smtps speaks TLS from the first byte", async () => {
    const { mails, port } = await relay({ secure: true });
    expect(
      await open(`smtps://127.0.0.1:${port}?tls.rejectUnauthorized=false`).send(testMessage(), null),
    ).toMatchObject({ ok: true });
    expect(mails).toMatchObject([{ secure: true }]);
  });

  test("a wrong password is for good, and stands in no reason", async () => {
    const { port } = await relay();
    const sent = await open(`smtp://plumbline:wr0ng@127.0.0.1:${port}?tls.rejectUnauthorized=false`).send(
      testMessage(),
      null,
    );
    expect(sent).toMatchObject({ ok: false, retryable: false, reason: expect.stringContaining("SMTP_URL") });
    expect(JSON.stringify(sent)).not.toContain("wr0ng");
  });

  test.each([
    [550, false],
    [553, false],
    [421, true],
    [450, true],
    [451, true],
  ])("a recipient refused with %i", async (code, retryable) => {
    const { port } = await relay({
      onRcptTo: (_address, _session, done) => done(problem(code, "no such mailbox here")),
    });
    const sent = await open(`smtp://127.0.0.1:${port}?ignoreTLS=true`).send(testMessage(), null);
    expect(sent).toMatchObject({ ok: false, retryable, reason: expect.stringContaining(String(code)) });
  });

  test("of several refused, one that may be taken later is reason to try again", async () => {
    const { port } = await relay({
      onRcptTo: ({ address }, _session, done) => done(problem(address.startsWith("full") ? 452 : 550, "no")),
    });
    const recipients = ["gone@example.com", "full@example.com"];
    expect(
      await open(`smtp://127.0.0.1:${port}?ignoreTLS=true`, recipients).send(testMessage(), null),
    ).toMatchObject({ retryable: true });
  });

  test("one of several taken is sent: trying again would repeat it to them", async () => {
    const { mails, port } = await relay({
      onRcptTo: ({ address }, _session, done) =>
        address.startsWith("gone") ? done(problem(550, "no")) : done(),
    });
    const recipients = ["gone@example.com", "here@example.com"];
    expect(
      await open(`smtp://127.0.0.1:${port}?ignoreTLS=true`, recipients).send(testMessage(), null),
    ).toMatchObject({ ok: true });
    expect(mails).toMatchObject([{ to: ["here@example.com"] }]);
  });

  test.each([
    [552, false],
    [554, false],
    [452, true],
  ])("a message refused with %i", async (code, retryable) => {
    const { port } = await relay({
      onData: (stream, _session, done) => {
        stream.resume();
        stream.on("end", () => done(problem(code, "not this one")));
      },
    });
    expect(await open(`smtp://127.0.0.1:${port}?ignoreTLS=true`).send(testMessage(), null)).toMatchObject({
      ok: false,
      retryable,
    });
  });

  test("a relay that is not there is tried again", async () => {
    const { port } = await relay();
    for (const server of opened.splice(0))
      await new Promise<void>((resolve) => server.close(() => resolve()));
    expect(await open(`smtp://127.0.0.1:${port}`).send(testMessage(), null)).toMatchObject({
      ok: false,
      retryable: true,
    });
  });
});

describe("hostile text", () => {
  test("adds no header, no recipient and no element", async () => {
    const { mails, port } = await relay();
    const evil = "x\r\nBcc: eve@example.com\r\n\r\n<script>alert(1)</script>";
    const organization = { slug: "acme\r\nX-Evil: 1", name: 'A"\r\nX-Evil: 1' };
    await open(`smtp://127.0.0.1:${port}?ignoreTLS=true`).send(
      testMessage({ title: evil, what: evil, who: evil, environment: evil, organization }),
      "<a@b>\r\nX-Evil: 1",
    );
    const mail = mails[0] as Mail;
    expect(mail.to).toEqual(["oncall@example.com"]);
    const head = mail.source.split("\r\n\r\n")[0] ?? "";
    expect(head).not.toMatch(/^(Bcc|X-Evil|In-Reply-To)/im);
    expect(head).toMatch(/^Subject: x Bcc: eve@example.com/m);
  });

  test("is escaped in HTML, in elements and in attributes", () => {
    const { html, text } = emailParts(
      testMessage({
        title: `<img src=x onerror="a('b')">&`,
        what: "1 < 2\n</p><script>",
        url: `https://plumbline.example/"onmouseover="x`,
        commitUrl: "javascript:alert(1)",
      }),
    );
    expect(html).not.toMatch(/<img|<script|javascript:|"onmouseover/);
    expect(html).toContain("&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;");
    expect(html).toContain("1 &lt; 2<br>&lt;/p&gt;&lt;script&gt;");
    expect(text).toContain("1 < 2\n</p><script>");
  });

  test("a subject has neither line ends nor marks that turn text around", () => {
    expect(emailParts(testMessage({ title: "a\u2028b\u202Ec\u0085d\u0000" })).subject).toBe("a bc d");
  });
});

test("the HTML has colours for light and for dark", () => {
  const { html } = emailParts(testMessage());
  expect(html).toContain("prefers-color-scheme: dark");
  expect(html).toContain('<meta name="color-scheme" content="light dark">');
});
