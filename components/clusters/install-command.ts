/** The one line that installs the agent; values are quoted for a POSIX shell. */
export function installCommand(input: { chart: string; url: string; token: string }): string {
  return [
    `helm upgrade --install plumbline-agent ${quote(input.chart)}`,
    "--namespace plumbline --create-namespace",
    `--set controlPlane.url=${quote(input.url)}`,
    `--set controlPlane.token=${quote(input.token)}`,
  ].join(" \\\n  ");
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
