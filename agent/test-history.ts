import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Numbers from 0 up to a bound, the same ones for the same seed. */
export function openDice(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (bound: number) => Math.floor(next() * bound);
  return { below, pick: <T>(from: readonly T[]): T => from[below(from.length)]! };
}
type Dice = ReturnType<typeof openDice>;

const configMap = (name: string, value: string, comment = "") =>
  `${comment}apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: "${value}"\n`;
const kustomization = (fields: Record<string, unknown>) => `${JSON.stringify(fields, null, 1)}\n`;

const overlay = (name: string, patched: boolean, component: boolean) =>
  kustomization({
    resources: ["../../base", "extra.yaml"],
    namePrefix: `${name}-`,
    ...(component && { components: ["../../components/limits"] }),
    ...(patched && { patches: [{ path: "patch.yaml" }] }),
    configMapGenerator: [
      { name: "settings", files: ["settings.properties", "shared=../../shared/common.txt"] },
    ],
  });
const patch = (value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  patched: "${value}"\n`;

/** The environments that the generated repositories hold, as they are declared. */
export const ENVIRONMENTS = [
  { name: "plain", path: "apps/plain" },
  { name: "mixed", path: "apps" },
  { name: "staging", path: "overlays/staging" },
  { name: "production", path: "overlays/production" },
  { name: "chart-staging", path: "charts/web", helm: { valuesFiles: ["values/staging.yaml"] } },
  {
    name: "chart-production",
    path: "charts/web",
    helm: { valuesFiles: ["values/common.yaml", "values/production.yaml"] },
  },
] as const;

const START: Record<string, string> = {
  "README.md": "start",
  "apps/plain/a.yaml": configMap("a", "0"),
  "apps/plain/b.yaml": configMap("b", "0"),
  "apps/other/c.yaml": configMap("c", "0"),
  "apps/built/kustomization.yaml": kustomization({ resources: ["d.yaml"] }),
  "apps/built/d.yaml": configMap("d", "0"),
  "base/kustomization.yaml": kustomization({ resources: ["web.yaml"] }),
  "base/web.yaml": configMap("web", "0"),
  "components/limits/kustomization.yaml": `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [limits.yaml]\n`,
  "components/limits/limits.yaml": configMap("limits", "0"),
  "shared/common.txt": "common",
  "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "charts/web/values.yaml": "color: blue\nsize: 1\n",
  "charts/web/.helmignore": "*.md\n",
  "charts/web/templates/web.yaml": configMap(
    "web-{{ .Release.Name }}",
    "{{ .Values.color }} {{ .Values.size }}",
  ),
  "values/common.yaml": "size: 2\n",
  "values/staging.yaml": "color: green\n",
  "values/production.yaml": "color: red\n",
  ...Object.fromEntries(
    ["staging", "production"].flatMap((name) => [
      [`overlays/${name}/kustomization.yaml`, overlay(name, false, false)],
      [`overlays/${name}/extra.yaml`, configMap("extra", "0")],
      [`overlays/${name}/settings.properties`, "level=0"],
      [`overlays/${name}/patch.yaml`, patch("0")],
    ]),
  ),
};

/** Changes a working copy by one random edit of those that people make; what is there already stays valid, mostly. */
function edit(folder: string, dice: Dice): void {
  const value = `${dice.below(4)}`;
  const env = dice.pick(["staging", "production"]);
  const at = (path: string) => join(folder, path);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(at(path)), { recursive: true });
    rmSync(at(path), { force: true, recursive: true });
    writeFileSync(at(path), text);
  };
  const remove = (path: string) => rmSync(at(path), { force: true, recursive: true });
  const comment = dice.below(3) === 0 ? `# ${dice.below(1000)}\n` : "";
  dice.pick<() => void>([
    () => write("README.md", `${dice.below(1000)}`),
    () => write(`docs/${dice.below(5)}.md`, value),
    () => write("apps/plain/a.yaml", configMap("a", value, comment)),
    () => write("apps/plain/b.yaml", configMap("b", value, comment)),
    () => write("apps/plain/notes.txt", `${dice.below(1000)}`),
    () => write(`apps/plain/more/${dice.below(3)}.yaml`, configMap(`more-${dice.below(3)}`, value)),
    () => remove(`apps/plain/more`),
    () => {
      const names = existsSync(at("apps/plain/more")) ? readdirSync(at("apps/plain/more")) : [];
      if (names.length > 0) renameSync(at(`apps/plain/more/${names[0]}`), at("apps/plain/more/renamed.yaml"));
    },
    () => {
      if (existsSync(at("apps/plain/link.yaml"))) unlinkSync(at("apps/plain/link.yaml"));
      else symlinkSync("../../linked.yaml", at("apps/plain/link.yaml"));
      if (!existsSync(at("linked.yaml"))) write("linked.yaml", configMap("linked", "0"));
    },
    () => write("linked.yaml", configMap("linked", value, comment)),
    () => write("apps/other/c.yaml", configMap("c", value)),
    () => write("apps/built/d.yaml", configMap("d", value, comment)),
    () => write("base/web.yaml", configMap("web", value, comment)),
    () => write("base/unused.yaml", configMap("unused", value)),
    () => {
      const named = dice.pick([["web.yaml"], ["web.yaml", "unused.yaml"], ["web.yaml", "unused.yaml"]]);
      if (named.length > 1 && !existsSync(at("base/unused.yaml")))
        write("base/unused.yaml", configMap("unused", "0"));
      write("base/kustomization.yaml", kustomization({ resources: named }));
    },
    () => write("components/limits/limits.yaml", configMap("limits", value, comment)),
    () => write("shared/common.txt", dice.pick(["common", "other"])),
    () => write(`overlays/${env}/kustomization.yaml`, overlay(env, dice.below(2) === 0, dice.below(2) === 0)),
    () => write(`overlays/${env}/patch.yaml`, patch(value)),
    () => write(`overlays/${env}/extra.yaml`, configMap("extra", value, comment)),
    () => write(`overlays/${env}/settings.properties`, `level=${value}`),
    () => {
      // Breaks the overlay, or mends it.
      if (existsSync(at(`overlays/${env}/extra.yaml`))) remove(`overlays/${env}/extra.yaml`);
      else write(`overlays/${env}/extra.yaml`, configMap("extra", value));
    },
    () => {
      // A second kustomization file is refused, until it goes.
      const second = `overlays/${env}/kustomization.yml`;
      if (existsSync(at(second))) remove(second);
      else if (dice.below(3) === 0) write(second, kustomization({}));
    },
    () => write("charts/web/values.yaml", `color: blue\nsize: ${value}\n`),
    () =>
      write(`charts/web/templates/${dice.pick(["x", "y"])}.yaml`, configMap("x-{{ .Values.size }}", value)),
    () => remove(`charts/web/templates/${dice.pick(["x", "y"])}.yaml`),
    () => write("charts/web/NOTES.md", `${dice.below(1000)}`),
    () => write("values/common.yaml", `size: ${value}\n`),
    () => write(`values/${env}.yaml`, `color: ${dice.pick(["red", "green"])}\n${comment}`),
  ])();
}

/** A repository with a random history of `commits` on its first-parent chain, merges among them; oldest first. */
export function makeHistory(options: {
  folder: string;
  git: (...args: string[]) => string;
  commits: number;
  seed: number;
}): string[] {
  const { folder, git, commits } = options;
  const dice = openDice(options.seed);
  const save = (message: string) => {
    git("add", "--all");
    git("commit", "--quiet", "--allow-empty", "--message", message);
  };
  for (const [name, text] of Object.entries(START)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  save("Start");
  for (let at = 1; at < commits; at++) {
    if (dice.below(8) > 0) {
      for (let edits = 0; edits <= dice.below(3); edits++) edit(folder, dice);
      save(`Change ${at}`);
      continue;
    }
    git("checkout", "--quiet", "-b", `branch-${at}`, `HEAD~${Math.min(at - 1, dice.below(3))}`);
    for (let side = 0; side <= dice.below(3); side++) {
      edit(folder, dice);
      save(`Change ${at}, part ${side}`);
    }
    git("checkout", "--quiet", "main");
    git(
      "merge",
      "--quiet",
      "--no-ff",
      "--strategy=recursive",
      "-X",
      "theirs",
      "-m",
      `Merge ${at}`,
      `branch-${at}`,
    );
  }
  return git("rev-list", "--first-parent", "--reverse", "main").split("\n");
}
