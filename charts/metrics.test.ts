import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { chart, type Manifest, minimal, podOf, template, the } from "./test-chart.ts";

const kindsOf = (manifests: Manifest[]) => manifests.map(({ kind }) => kind);
const alertsOf = (manifests: Manifest[]) =>
  the("PrometheusRule", manifests).spec.groups.flatMap(
    ({ rules }: { rules: { alert: string; expr: string; labels: object; annotations: object }[] }) => rules,
  );

describe("metrics", () => {
  it("add nothing to the cluster unless they are asked for", async () => {
    const kinds = kindsOf(await template(minimal));
    for (const kind of ["Service", "ServiceMonitor", "PrometheusRule"]) expect(kinds).not.toContain(kind);
    expect(kinds.filter((kind) => kind === "ConfigMap")).toHaveLength(1);
  });

  it("are found by a monitor that reaches the port on which the agent answers", async () => {
    const serviceMonitor = { enabled: true, labels: { release: "prometheus" }, interval: "15s" };
    const manifests = await template({ ...minimal, metrics: { serviceMonitor } });
    const monitor = the("ServiceMonitor", manifests);
    const service = the("Service", manifests);
    expect(monitor.metadata.labels).toMatchObject({ release: "prometheus" });
    expect(service.metadata.labels).toMatchObject(monitor.spec.selector.matchLabels);
    expect(the("Deployment", manifests).spec.template.metadata.labels).toMatchObject(service.spec.selector);
    const [endpoint] = monitor.spec.endpoints;
    expect(endpoint).toMatchObject({ path: "/metrics", interval: "15s" });
    const [port] = service.spec.ports;
    expect(port.name).toBe(endpoint.port);
    const [container] = podOf(manifests).containers;
    const open = container.ports.find(({ name }: { name: string }) => name === port.targetPort);
    expect(container.env).toContainEqual({
      name: "PLUMBLINE_HEALTH_PORT",
      value: String(open.containerPort),
    });
  });

  it("have a Service for a Prometheus without an operator", async () => {
    const kinds = kindsOf(await template({ ...minimal, metrics: { service: { enabled: true } } }));
    expect(kinds).toContain("Service");
    expect(kinds).not.toContain("ServiceMonitor");
  });
});

describe("the alert rules", () => {
  it("watch this release's agent and no other's, and lead to Plumbline", async () => {
    const metrics = { serviceMonitor: { enabled: true }, prometheusRule: { enabled: true } };
    const manifests = await template({ ...minimal, metrics }, "edge", "observability");
    const own = `job="${the("Service", manifests).metadata.name}",namespace="observability"`;
    const alerts = alertsOf(manifests);
    const { groups } = parse(readFileSync(join(chart, "files/alerts.yaml"), "utf8"));
    expect(alerts).toHaveLength(groups[0].rules.length);
    for (const { expr, annotations } of alerts) {
      const selectors = expr.match(/\{[^}]*\}/g) ?? [];
      expect(selectors.length).toBeGreaterThan(0);
      for (const selector of selectors) expect(selector).toContain(own);
      expect(annotations).toMatchObject({ plumbline: minimal.controlPlane.url });
    }
  });

  it("carry labels of yours, and leave out what you do not want", async () => {
    const prometheusRule = {
      enabled: true,
      labels: { release: "prometheus" },
      alertLabels: { team: "platform", severity: "page" },
      disabled: ["PlumblineControlPlaneUnreachable"],
    };
    const manifests = await template({ ...minimal, metrics: { prometheusRule } });
    expect(the("PrometheusRule", manifests).metadata.labels).toMatchObject({ release: "prometheus" });
    const alerts = alertsOf(manifests);
    expect(alerts.map(({ alert }: { alert: string }) => alert)).not.toContain(
      "PlumblineControlPlaneUnreachable",
    );
    for (const { labels } of alerts) expect(labels).toEqual({ team: "platform", severity: "page" });
  });
});

describe("the dashboard", () => {
  it("is in a ConfigMap as it stands in the chart, with labels of yours", async () => {
    const dashboard = {
      enabled: true,
      labels: { folder: "gitops" },
      annotations: { grafana_folder: "GitOps" },
    };
    const one = the("ConfigMap", await template({ ...minimal, metrics: { dashboard } }), "dashboard");
    expect(one.metadata).toMatchObject({
      labels: { grafana_dashboard: "1", folder: "gitops" },
      annotations: { grafana_folder: "GitOps" },
    });
    const file = readFileSync(join(chart, "files/dashboard.json"), "utf8");
    expect(JSON.parse(one.data["plumbline-agent.json"])).toEqual(JSON.parse(file));
  });
});
