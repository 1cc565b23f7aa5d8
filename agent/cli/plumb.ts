import { Command, CommanderError, Option } from "commander";
import { AGENT_VERSION } from "../version.ts";

/** Something went wrong that is neither "no differences" (0) nor "differences" (1). */
const TROUBLE = 2;

// Each command loads only what it needs: `plumb health` must not wait for a Kubernetes client.
const program = new Command("plumb")
  .description("Shows how far a cluster leans from what Git says.")
  .version(AGENT_VERSION)
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text) });

program
  .command("agent")
  .description("follow the declared environments and report to the control plane")
  .action(async () => {
    const { runAgent } = await import("../run-agent.ts");
    await runAgent();
  });

program
  .command("diff")
  .description(
    "compare manifests with the cluster; exits 0 where nothing differs, 1 where something does, 2 on trouble",
  )
  .argument("<path>", "a file or directory: plain YAML, a kustomization or a Helm chart")
  .option("--kubeconfig <file>", "where the cluster is (default: KUBECONFIG, then ~/.kube/config)")
  .option("--context <name>", "context of the kubeconfig")
  .option("-n, --namespace <name>", "namespace for objects that name none")
  .option("--field-manager <name>", "whose fields count as dropped where the manifests no longer set them")
  .option("--additions", "count fields that others added as differences", false)
  .addOption(new Option("-o, --output <format>", "what to print").choices(["text", "json"]).default("text"))
  .action(async (path, options) => {
    const { diffCommand } = await import("./diff.ts");
    process.exitCode = await diffCommand(path, options);
  });

program
  .command("render")
  .description("print the objects that a path renders to; Secrets are masked")
  .argument("<path>", "a file or directory: plain YAML, a kustomization or a Helm chart")
  .option("-n, --namespace <name>", "namespace for objects that name none")
  .option("--show-secrets", "print what Secrets hold as it is", false)
  .addOption(new Option("-o, --output <format>", "what to print").choices(["yaml", "json"]).default("yaml"))
  .action(async (path, options) => {
    const { renderCommand } = await import("./render.ts");
    process.exitCode = await renderCommand(path, options);
  });

program
  .command("health")
  .description("say of each object whether it works, one JSON line each")
  .requiredOption("-f, --filename <file>", "YAML documents, JSON or JSON lines; - reads standard input")
  .addOption(new Option("-o, --output <format>", "what to print").choices(["json"]).default("json"))
  .action(async (options) => {
    const { healthCommand } = await import("./health.ts");
    process.exitCode = await healthCommand(options.filename);
  });

// `plumb … | head` has read enough: no reason to complain.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : TROUBLE;
  else {
    console.error(`plumb: ${(error as Error).message}`);
    process.exitCode = TROUBLE;
  }
}
