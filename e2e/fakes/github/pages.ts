import type { ChangedFile, Commit } from "./bare-repository.ts";
import type { HostedRepository } from "./hosted-repository.ts";
import type { Pull } from "./state.ts";

const html = (text: string) =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);

const page = (title: string, body: string) => `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${html(title)}</title>
<style>
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}
code,pre{font:13px/1.45 ui-monospace,monospace}pre{overflow:auto;border:1px solid #8885;border-radius:6px;padding:.6rem}
.note{color:#888}ins{background:#2da44e33;text-decoration:none}del{background:#cf222e33;text-decoration:none}
button{font:inherit;padding:.35rem .8rem;border-radius:6px;border:1px solid #8888;margin-right:.5rem;cursor:pointer}
.merge{background:#1f883d;color:#fff}table{border-collapse:collapse}td{padding:.15rem .8rem .15rem 0}
</style><p class="note">A stand-in for GitHub, on this machine only.</p>${body}</html>`;

function patch(file: ChangedFile) {
  const lines = (file.patch ?? "Binary file").split("\n").map((line) => {
    const shown = html(line);
    return line.startsWith("+")
      ? `<ins>${shown}</ins>`
      : line.startsWith("-")
        ? `<del>${shown}</del>`
        : shown;
  });
  return `<h3><code>${html(file.filename)}</code> <span class="note">${file.status}</span></h3><pre>${lines.join("\n")}</pre>`;
}

/** The front page of a repository: branches' newest commits and pull requests. */
export function repositoryPage(repository: HostedRepository, commits: Commit[]) {
  const { owner, name, pulls } = repository.state;
  const base = `/${owner}/${name}`;
  const rows = commits.map(
    (c) => `<tr><td><a href="${base}/commit/${c.sha}"><code>${c.sha.slice(0, 8)}</code></a></td>
<td>${html(c.message.split("\n")[0]!)}</td><td>${html(c.author.name)}</td><td class="note">${c.author.date}</td></tr>`,
  );
  const list = pulls.map(
    (p) =>
      `<li><a href="${base}/pull/${p.number}">#${p.number} ${html(p.title)}</a> <span class="note">${stateWord(p)}</span></li>`,
  );
  return page(
    `${owner}/${name}`,
    `<h1>${owner}/${name}</h1><h2>Pull requests</h2><ul>${list.join("") || "<li>None yet</li>"}</ul>
<h2>Commits</h2><table>${rows.join("")}</table>`,
  );
}

const stateWord = (pull: Pull) => (pull.mergedAt ? "merged" : pull.state);

/** One commit with its patch. */
export function commitPage(repository: HostedRepository, commit: Commit, files: ChangedFile[]) {
  const { owner, name } = repository.state;
  return page(
    commit.sha.slice(0, 8),
    `<p><a href="/${owner}/${name}">${owner}/${name}</a></p><h1>${html(commit.message.split("\n")[0]!)}</h1>
<p>${html(commit.author.name)}, ${commit.author.date}, <code>${commit.sha}</code></p>${files.map(patch).join("")}`,
  );
}

/** One pull request with its diff and the buttons a reviewer needs. */
export function pullPage(
  repository: HostedRepository,
  pull: Pull,
  view: { files: ChangedFile[]; mergeable: boolean; logins: string[] },
) {
  const { owner, name } = repository.state;
  const people = view.logins.map((login) => `<option>${html(login)}</option>`).join("");
  const approvals = pull.reviews.filter((r) => r.state === "APPROVED").map((r) => html(r.login));
  const form =
    pull.state === "open"
      ? `<form method="post"><label>As <select name="login">${people}</select></label>
<button name="action" value="approve">Approve</button><button class="merge" name="action" value="merge">Merge pull request</button>
<button name="action" value="close">Close</button></form>${view.mergeable ? "" : "<p><strong>This branch conflicts with its base.</strong></p>"}`
      : "";
  return page(
    `#${pull.number} ${pull.title}`,
    `<p><a href="/${owner}/${name}">${owner}/${name}</a></p><h1>${html(pull.title)} <span class="note">#${pull.number}</span></h1>
<p><strong id="state">${stateWord(pull)}</strong> &middot; ${html(pull.login)} wants to merge <code>${html(pull.headRef)}</code> into <code>${html(pull.baseRef)}</code>
${approvals.length > 0 ? `&middot; approved by ${approvals.join(", ")}` : ""}</p><pre>${html(pull.body)}</pre>${form}
${view.files.map(patch).join("")}`,
  );
}

/** The sign-in page: the people of this stand-in, to click on. */
export function signInPage(users: { login: string; name: string; email: string }[], query: URLSearchParams) {
  const hidden = ["redirect_uri", "scope", "state", "client_id"]
    .map((name) => `<input type="hidden" name="${name}" value="${html(query.get(name) ?? "")}">`)
    .join("");
  const buttons = users.map(
    (user) => `<form method="post" action="/login/oauth/callback">${hidden}
<p><button name="login" value="${html(user.login)}">${html(user.name)}</button> <span class="note">${html(user.login)}, ${html(user.email)}</span></p></form>`,
  );
  return page("Sign in to GitHub", `<h1>Sign in to GitHub</h1><p>Who are you?</p>${buttons.join("")}`);
}

/** A refusal as a page. */
export const messagePage = (message: string) => page(message, `<h1>${html(message)}</h1>`);
