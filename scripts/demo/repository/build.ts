import { createBareRepository } from "#e2e/fakes/github/bare-repository.ts";
import { filesOf } from "./files.ts";
import { history, type Step } from "./history.ts";
import { firstModel } from "./model.ts";
import { people } from "./people.ts";

/** One commit of the demo repository as it was made. */
export interface DemoCommit {
  sha: string;
  message: string;
  login: string;
  date: Date;
  /** True where the dev overlay does not render. */
  broken: boolean;
}

const first: Step = {
  hoursAgo: 238,
  by: "alice",
  message: "Put what we run under Git\n\nTaken from the clusters as they are today.",
  change: () => {},
};

const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;

function commitStream(
  step: Step,
  date: Date,
  message: string,
  files: Record<string, string>,
  from: string,
): string {
  const { name, email, zone } = people[step.by];
  const who = `${name} <${email}> ${Math.floor(date.getTime() / 1000)} ${zone}`;
  const head = `commit refs/heads/main\nauthor ${who}\ncommitter ${who}\n${data(message)}`;
  const content = Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`);
  return `${head}${from}deleteall\n${content.join("")}\n`;
}

/**
 * Creates a bare repository `dir` with the history of the demo company, the same SHAs each time for the
 * same `now` (to the minute). The newest commit is between one and two hours old.
 */
export async function buildDemoRepository(options: {
  dir: string;
  now?: Date;
}): Promise<{ head: string; commits: DemoCommit[] }> {
  const repository = await createBareRepository(options.dir);
  const now = Math.floor((options.now ?? new Date()).getTime() / 60_000) * 60_000;
  const model = firstModel();
  const commits: DemoCommit[] = [];
  let stream = "";
  const flush = async () => {
    const known = commits.filter((commit) => commit.sha !== "").length;
    await repository.git(["fast-import", "--quiet", "--force"], { input: stream });
    stream = "";
    const shas = (await repository.text(["rev-list", "--reverse", "refs/heads/main"])).split("\n");
    for (let i = known; i < commits.length; i += 1) commits[i]!.sha = shas[i]!;
  };
  for (const step of [first, ...history]) {
    step.change(model);
    let { message } = step;
    if (step.reverts) {
      // Only Git knows what it called the commit that is taken back.
      await flush();
      const reverted = commits.find((commit) => commit.message.trim() === step.reverts);
      if (!reverted)
        throw new Error(`The demo's history reverts "${step.reverts}", which it does not contain`);
      message = `${message}\n\nThis reverts commit ${reverted.sha}.`;
    }
    const date = new Date(now - Math.round(step.hoursAgo * 60) * 60_000);
    // Within a stream the branch's own tip is the parent; a new stream has to say so.
    const from = stream === "" && commits.length > 0 ? "from refs/heads/main^0\n" : "";
    commits.push({ sha: "", message, login: step.by, date, broken: step.broken === true });
    stream += commitStream(step, date, `${message}\n`, filesOf(model), from);
  }
  await flush();
  return { head: commits.at(-1)!.sha, commits };
}
