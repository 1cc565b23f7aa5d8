/** The one line that installs the agent; values are quoted for a POSIX shell. */
export function installCommand(input: { chart: string; url: string; token: string }): string {
  return [
    `helm upgrade --install plumbline-agent ${quote(input.chart)}`,
    "--namespace plumbline --create-namespace",
    `--set controlPlane.url=${quote(input.url)}`,
    `--set controlPlane.token=${quote(input.token)}`,
  ].join(" \\\n  ");
}

/** What an agent that was installed by that line says of itself. */
export const agentLogs = "kubectl --namespace plumbline logs deployment/plumbline-agent";

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
