/** The one line that installs the agent; values are quoted for a POSIX shell. */
export function installCommand(input: { url: string; token: string; cluster: string }): string {
  return [
    "helm upgrade --install plumbline-agent oci://ghcr.io/plumbline/charts/plumbline-agent",
    "--namespace plumbline --create-namespace",
    `--set controlPlane.url=${quote(input.url)}`,
    `--set controlPlane.token=${quote(input.token)}`,
  ].join(" \\\n  ");
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
