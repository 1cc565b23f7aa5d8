/** The dependency rule of docs/architecture.md, as errors. */
const rule = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

export default {
  forbidden: [
    rule("no-circular", "A cycle hides who depends on whom.", {}, { circular: true }),
    rule(
      "lib-stays-below",
      "lib never imports app, components or agent.",
      { path: "^lib/" },
      { path: "^(app|components|agent|e2e|scripts|bench)/" },
    ),
    rule(
      "protocol-imports-only-zod",
      "lib/protocol is shared by both sides: zod and itself, nothing else.",
      { path: "^lib/protocol/", pathNot: "\\.test\\.ts$" },
      { pathNot: ["^lib/protocol/", "^node_modules/zod/"] },
    ),
    rule(
      "agent-imports-only-protocol",
      "The agent is a package of its own: of lib it sees the protocol and nothing else.",
      { path: "^agent/", pathNot: "\\.test\\.ts$|testdata|test-" },
      { path: "^(lib/(?!protocol/)|app/|components/|prisma/|scripts/|e2e/)" },
    ),
    rule(
      "components-stay-browser-safe",
      "Components see schemas, pure rules and the protocol; never a verb or the database.",
      { path: "^components/", pathNot: "\\.test\\.tsx?$" },
      { path: "^(app/|agent/|prisma/|lib/(?!protocol/|[^/]+/(schemas|rules)\\.ts$))" },
    ),
    rule(
      "pure-stays-pure",
      "rules.ts and schemas.ts take values: no clients, no database.",
      { path: "^lib/[^/]+/(rules|schemas)\\.ts$" },
      {
        path: "^(lib/(db|queue|env\\.|gateway|jobs|http|auth/session)|prisma/)|^node_modules/(pg|pg-boss|@prisma|@octokit|next)",
      },
    ),
    rule(
      "only-db-touches-prisma",
      "The generated client has one importer.",
      { path: "^(lib|app|components|server)", pathNot: "^lib/db" },
      { path: "^prisma/" },
    ),
    rule(
      "only-github-imports-octokit",
      "Git hosts sit behind one small interface.",
      { path: "^(lib|app|components|server)", pathNot: "^lib/git-hosts/github/|\\.test\\.ts$" },
      { path: "^node_modules/@octokit/" },
    ),
    rule(
      "only-cluster-imports-kubernetes",
      "The Kubernetes client has one importer.",
      { path: "^agent/", pathNot: "^agent/cluster/" },
      { path: "^node_modules/@kubernetes/" },
    ),
    rule(
      "verbs-enqueue-jobs-handle",
      "Only the composition root and jobs import job handlers.",
      { path: "^(lib|app|components)/", pathNot: "^lib/jobs/|\\.test\\.ts$" },
      { path: "^lib/jobs/" },
    ),
    rule(
      "pages-hold-no-database",
      "app and gateway call verbs.",
      { path: "^(app|lib/gateway)/", pathNot: "\\.test\\.ts$" },
      { path: "^(lib/(db|queue)\\.ts|prisma/)" },
    ),
    rule(
      "agent-pure",
      "diff and health are pure: no I/O.",
      { path: "^agent/(diff|health)/", pathNot: "\\.test\\.ts$|/test" },
      {
        path: "^(node:|fs|http|child_process|agent/(cluster|source|render|report|apply)/)",
        pathNot: "^(node:crypto|crypto)$",
      },
    ),
  ],
  options: {
    // Not excluded: an import of it has to be seen for only-db-touches-prisma.
    doNotFollow: { path: "(^|/)(node_modules|prisma/generated)/" },
    exclude: { path: "(^|/)(\\.next|node_modules/\\.cache)" },
    tsConfig: { fileName: "tsconfig.json" },
    // The TypeScript of the lock file (7) has no API that dependency-cruiser reads: swc parses instead.
    parser: "swc",
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".js", ".mjs", ".json"],
    },
  },
};
