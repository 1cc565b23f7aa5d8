import fc from "fast-check";

/** One environment of the generated repository, as its cluster declares it. */
export const environments = [
  { name: "prod", path: "overlays/prod" },
  { name: "staging", path: "overlays/staging" },
  { name: "dev", path: "overlays/dev" },
  {
    name: "blue",
    path: "charts/shop",
    renderer: "helm",
    helm: { valuesFiles: ["values/common.yaml", "values/blue.yaml"] },
  },
  {
    name: "green",
    path: "charts/shop",
    renderer: "helm",
    helm: { valuesFiles: ["values/common.yaml", "values/green.yaml"] },
  },
  { name: "plain", path: "plain/one" },
];

const overlayBases = { prod: ["app"], staging: ["app", "common"], dev: ["common"] };
type Overlay = keyof typeof overlayBases;

/** A file of one ConfigMap: its value, and how often it was moved to another name. */
type Piece = { value: number; moved: number };
/** `place` says how often the whole folder was moved; environments' own folders stay where they are declared. */
type Folder = { pieces: Map<string, Piece>; label: number; spelling: number; place: number };

/** What the repository says; every value is of its own, so that each edit changes what is rendered. */
type State = {
  folders: Map<string, Folder>;
  templates: Map<string, Piece>;
  values: { common: number; blue: number; green: number };
  helper: number;
  subchart: number;
  /** Files that a generator makes ConfigMaps of. */
  settings: Record<"prod" | "dev", number>;
  /** A component, and who has it. */
  component: { value: number; of: Record<"prod" | "staging", boolean> };
  shared: { a: number; b: number };
  link: "a" | "b";
  docs: number;
};

const folderNames = [
  "bases/app",
  "bases/common",
  "overlays/prod",
  "overlays/staging",
  "overlays/dev",
  "plain/one",
];
const pieceNames = ["one", "two", "three"];

const edit = fc.oneof(
  fc.record({
    kind: fc.constant("piece" as const),
    folder: fc.constantFrom(...folderNames),
    piece: fc.constantFrom(...pieceNames),
  }),
  fc.record({
    kind: fc.constant("drop" as const),
    folder: fc.constantFrom(...folderNames),
    piece: fc.constantFrom("two", "three"),
  }),
  fc.record({
    kind: fc.constant("move" as const),
    folder: fc.constantFrom(...folderNames),
    piece: fc.constantFrom(...pieceNames),
  }),
  fc.record({ kind: fc.constant("respell" as const), folder: fc.constantFrom(...folderNames.slice(0, 5)) }),
  fc.record({ kind: fc.constant("template" as const), piece: fc.constantFrom(...pieceNames) }),
  fc.record({ kind: fc.constant("drop-template" as const), piece: fc.constantFrom("two", "three") }),
  fc.record({
    kind: fc.constant("values" as const),
    of: fc.constantFrom("common" as const, "blue" as const, "green" as const),
  }),
  fc.record({ kind: fc.constant("helper" as const) }),
  fc.record({ kind: fc.constant("subchart" as const) }),
  fc.record({ kind: fc.constant("settings" as const), of: fc.constantFrom("prod" as const, "dev" as const) }),
  fc.record({ kind: fc.constant("component" as const) }),
  fc.record({ kind: fc.constant("join" as const), of: fc.constantFrom("prod" as const, "staging" as const) }),
  fc.record({
    kind: fc.constant("move-folder" as const),
    folder: fc.constantFrom("bases/app", "bases/common"),
  }),
  fc.record({ kind: fc.constant("shared" as const), of: fc.constantFrom("a" as const, "b" as const) }),
  fc.record({ kind: fc.constant("link" as const) }),
  fc.record({ kind: fc.constant("docs" as const) }),
);
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

/** A commit's edit; with a second one, it is a merge of two branches that made one each. */
export const history = (commits: number) =>
  fc.array(fc.tuple(edit, fc.option(edit, { freq: 6 })), { minLength: commits, maxLength: commits });

let counter = 0;
const next = () => ++counter;

function start(): State {
  const folder = (): Folder => ({
    pieces: new Map([["one", { value: next(), moved: 0 }]]),
    label: next(),
    spelling: 0,
    place: 0,
  });
  return {
    folders: new Map(folderNames.map((name) => [name, folder()])),
    templates: new Map([["one", { value: next(), moved: 0 }]]),
    values: { common: next(), blue: next(), green: next() },
    helper: next(),
    subchart: next(),
    settings: { prod: next(), dev: next() },
    component: { value: next(), of: { prod: true, staging: false } },
    shared: { a: next(), b: next() },
    link: "a",
    docs: next(),
  };
}

function apply(before: State, change: Edit): State {
  const state = structuredClone(before);
  const put = (pieces: Map<string, Piece>, name: string, moved: number) => {
    pieces.set(name, { value: next(), moved: (pieces.get(name)?.moved ?? 0) + moved });
  };
  if ("folder" in change) {
    const folder = state.folders.get(change.folder)!;
    if (change.kind === "piece") put(folder.pieces, change.piece, 0);
    else if (change.kind === "move") put(folder.pieces, change.piece, 1);
    else if (change.kind === "drop") folder.pieces.delete(change.piece);
    else if (change.kind === "move-folder") folder.place += 1;
    else folder.spelling += 1;
    folder.label = next();
  } else if (change.kind === "template") put(state.templates, change.piece, 0);
  else if (change.kind === "drop-template") state.templates.delete(change.piece);
  else if (change.kind === "values") state.values[change.of] = next();
  else if (change.kind === "helper" || change.kind === "subchart") state[change.kind] = next();
  else if (change.kind === "settings") state.settings[change.of] = next();
  else if (change.kind === "component") state.component.value = next();
  else if (change.kind === "join") state.component.of[change.of] = !state.component.of[change.of];
  else if (change.kind === "shared") state.shared[change.of] = next();
  else if (change.kind === "link") state.link = state.link === "a" ? "b" : "a";
  else state.docs = next();
  return state;
}

const configMap = (name: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  value: "${value}"\n`;
const spellings = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

function filesOf(state: State): Map<string, string> {
  const files = new Map<string, string>();
  const placeOf = (path: string) => {
    const place = state.folders.get(path)?.place ?? 0;
    return place === 0 ? path : `${path}-${place}`;
  };
  for (const [folder, { pieces, label, spelling }] of state.folders) {
    const path = placeOf(folder);
    const [kind, name] = folder.split("/") as [string, string];
    const names = [...pieces].map(([piece, { value, moved }]) => {
      const file = `${piece}-${moved}.yaml`;
      files.set(`${path}/${file}`, configMap(`${kind}-${name}-${piece}`, `${value}`));
      return file;
    });
    if (kind === "plain") continue;
    const bases =
      kind === "overlays"
        ? overlayBases[name as Overlay].map((base) => `../../${placeOf(`bases/${base}`)}`)
        : [];
    const resources = [...bases, ...names].map((resource) => `  - ${resource}\n`).join("");
    const label_ = `labels:\n  - pairs:\n      ${kind}-${name}: "v${label}"\n`;
    const setting = kind === "overlays" ? state.settings[name as "prod"] : undefined;
    if (setting !== undefined) files.set(`${path}/app.properties`, `level=${setting}\n`);
    const generated =
      setting === undefined ? "" : "configMapGenerator:\n  - name: settings\n    files: [app.properties]\n";
    const has = kind === "overlays" && state.component.of[name as "prod"];
    const components = has ? "components:\n  - ../../components/extra\n" : "";
    const text = `resources:\n${resources}${label_}${generated}${components}`;
    files.set(`${path}/${spellings[spelling % 3]}`, text);
  }
  for (const [piece, { value, moved }] of state.templates)
    files.set(
      `charts/shop/templates/${piece}-${moved}.yaml`,
      configMap(
        `shop-${piece}`,
        `${value} {{ .Values.own }} {{ .Values.common }} {{ include "shop.mark" . }}`,
      ),
    );
  const chart = (name: string) => `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`;
  files.set("charts/shop/Chart.yaml", `${chart("shop")}dependencies:\n  - name: lib\n    version: 1.0.0\n`);
  files.set("charts/shop/templates/_helpers.tpl", `{{ define "shop.mark" }}m${state.helper}{{ end }}\n`);
  files.set("charts/shop/charts/lib/Chart.yaml", chart("lib"));
  files.set("charts/shop/charts/lib/templates/lib.yaml", configMap("lib", `${state.subchart}`));
  files.set("values/common.yaml", `common: ${state.values.common}\n`);
  const extra = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources:\n  - extra.yaml\n";
  files.set("components/extra/kustomization.yaml", extra);
  files.set("components/extra/extra.yaml", configMap("extra", `${state.component.value}`));
  files.set("values/blue.yaml", `own: ${state.values.blue}\n`);
  files.set("values/green.yaml", `own: ${state.values.green}\n`);
  for (const which of ["a", "b"] as const)
    files.set(`shared/${which}.yaml`, configMap(`shared-${which}`, `${state.shared[which]}`));
  files.set("plain/one/shared.yaml", `-> ../../shared/${state.link}.yaml`);
  files.set("docs/notes.md", `${state.docs}\n`);
  return files;
}

/** The history as `git fast-import` takes it; a file that begins with "-> " is a symbolic link. */
export function importStream(commits: [Edit, Edit | null][]): string {
  const out: string[] = [];
  let mark = 0;
  const commit = (state: State, parents: number[]): number => {
    mark += 1;
    const at = 1_700_000_000 + mark * 60;
    const ref = "refs/heads/main";
    out.push(
      `commit ${ref}\nmark :${mark}\ncommitter Ada <ada@example.com> ${at} +0000\n${data(`Commit ${mark}`)}`,
    );
    const [first, ...merged] = parents;
    if (first) out.push(`from :${first}\n`);
    for (const parent of merged) out.push(`merge :${parent}\n`);
    out.push("deleteall\n");
    for (const [path, content] of filesOf(state)) {
      const link = content.startsWith("-> ");
      // One of the files is executable from its second version on.
      const mode = link ? "120000" : /-[13579]\.yaml$/.test(path) ? "100755" : "100644";
      out.push(`M ${mode} inline ${path}\n${data(link ? content.slice(3) : content)}`);
    }
    out.push("\n");
    return mark;
  };
  let state = start();
  let head = commit(state, []);
  for (const [one, other] of commits) {
    if (!other) {
      state = apply(state, one);
      head = commit(state, [head]);
      continue;
    }
    const side = commit(apply(state, other), [head]);
    const main = apply(state, one);
    const here = commit(main, [head]);
    state = apply(main, other);
    head = commit(state, [here, side]);
  }
  return out.join("");
}

const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
