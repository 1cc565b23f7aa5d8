/** The stable address of an environment's page. */
export function environmentHref(org: string, row: { name: string; cluster: { name: string } | string }) {
  const cluster = typeof row.cluster === "string" ? row.cluster : row.cluster.name;
  return `/${org}/environments/${encodeURIComponent(cluster)}/${encodeURIComponent(row.name)}`;
}
