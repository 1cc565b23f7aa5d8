import {
  type App,
  type AppModel,
  apps,
  type FleetModel,
  type Overlay,
  type OverlayModel,
  overlays,
} from "./model.ts";
import { chartFiles } from "./payments-chart.ts";
import { platformFiles } from "./platform.ts";

const lines = (...parts: (string | false | string[])[]) =>
  `${parts
    .flat()
    .filter((part) => part !== false)
    .join("\n")}\n`;

function deployment(name: App, model: AppModel) {
  return lines(
    "apiVersion: apps/v1",
    "kind: Deployment",
    "metadata:",
    `  name: ${name}`,
    "  labels:",
    `    app.kubernetes.io/name: ${name}`,
    "    app.kubernetes.io/part-of: family-insurance",
    "spec:",
    "  replicas: 1",
    "  selector:",
    "    matchLabels:",
    `      app.kubernetes.io/name: ${name}`,
    "  template:",
    "    metadata:",
    "      labels:",
    `        app.kubernetes.io/name: ${name}`,
    "        app.kubernetes.io/part-of: family-insurance",
    "    spec:",
    `      terminationGracePeriodSeconds: ${model.gracePeriodSeconds}`,
    "      securityContext:",
    "        runAsNonRoot: true",
    "        seccompProfile:",
    "          type: RuntimeDefault",
    "      containers:",
    `        - name: ${name}`,
    `          image: registry.example/${name}:latest`,
    "          ports:",
    "            - name: http",
    `              containerPort: ${model.port}`,
    "          envFrom:",
    "            - configMapRef:",
    "                name: fleet-settings",
    "          env:",
    Object.entries(model.env).flatMap(([key, value]) => [
      `            - name: ${key}`,
      `              value: "${value}"`,
    ]),
    "          readinessProbe:",
    "            httpGet:",
    `              path: ${model.probePath}`,
    "              port: http",
    "          resources:",
    "            requests:",
    `              cpu: ${model.cpu}`,
    `              memory: ${model.memory}`,
    "            limits:",
    `              memory: ${model.memoryLimit}`,
    "          securityContext:",
    "            allowPrivilegeEscalation: false",
    "            readOnlyRootFilesystem: true",
    "            capabilities:",
    "              drop: [ALL]",
  );
}

function service(name: App, model: AppModel) {
  return lines(
    "apiVersion: v1",
    "kind: Service",
    "metadata:",
    `  name: ${name}`,
    "  labels:",
    `    app.kubernetes.io/name: ${name}`,
    "spec:",
    "  selector:",
    `    app.kubernetes.io/name: ${name}`,
    "  ports:",
    "    - name: http",
    `      port: ${model.port}`,
    "      targetPort: http",
  );
}

const ingress = lines(
  "apiVersion: networking.k8s.io/v1",
  "kind: Ingress",
  "metadata:",
  "  name: gateway",
  "spec:",
  "  ingressClassName: nginx",
  "  rules:",
  "    - host: quotes.family.example",
  "      http:",
  "        paths:",
  "          - path: /",
  "            pathType: Prefix",
  "            backend:",
  "              service:",
  "                name: gateway",
  "                port:",
  "                  name: http",
);

function appFiles(name: App, model: AppModel): Record<string, string> {
  const resources = ["deployment.yaml", "service.yaml", ...(name === "gateway" ? ["ingress.yaml"] : [])];
  return {
    [`apps/${name}/deployment.yaml`]: deployment(name, model),
    [`apps/${name}/service.yaml`]: service(name, model),
    ...(name === "gateway" ? { "apps/gateway/ingress.yaml": ingress } : {}),
    [`apps/${name}/kustomization.yaml`]: lines(
      "apiVersion: kustomize.config.k8s.io/v1beta1",
      "kind: Kustomization",
      "resources:",
      resources.map((file) => `  - ${file}`),
    ),
  };
}

function budget(name: App) {
  return lines(
    "apiVersion: policy/v1",
    "kind: PodDisruptionBudget",
    "metadata:",
    `  name: ${name}`,
    "spec:",
    "  maxUnavailable: 1",
    "  selector:",
    "    matchLabels:",
    `      app.kubernetes.io/name: ${name}`,
  );
}

function overlayFiles(name: Overlay, model: OverlayModel): Record<string, string> {
  const dir = `environments/${name}`;
  return {
    [`${dir}/kustomization.yaml`]: lines(
      "apiVersion: kustomize.config.k8s.io/v1beta1",
      "kind: Kustomization",
      `namespace: ${name}`,
      "resources:",
      "  - namespace.yaml",
      "  - ../../base",
      model.disruptionBudgets && "  - disruption-budgets.yaml",
      "images:",
      apps.flatMap((app) => [`  - name: registry.example/${app}`, `    newTag: ${model.tags[app]}`]),
      "replicas:",
      apps.flatMap((app) => [`  - name: ${app}`, `    count: ${model.replicas[app]}`]),
      "configMapGenerator:",
      "  - name: fleet-settings",
      "    literals:",
      Object.entries(model.settings).map(([key, value]) => `      - ${key}=${value}`),
      "patches:",
      "  - path: gateway-host.yaml",
      model.ratingPatch !== null && "  - path: rating-trace.yaml",
    ),
    ...(model.ratingPatch === null ? {} : { [`${dir}/rating-trace.yaml`]: model.ratingPatch }),
    [`${dir}/namespace.yaml`]: lines(
      "apiVersion: v1",
      "kind: Namespace",
      "metadata:",
      `  name: ${name}`,
      "  labels:",
      "    pod-security.kubernetes.io/enforce: restricted",
    ),
    [`${dir}/gateway-host.yaml`]: ingress
      .slice(0, ingress.indexOf("  ingressClassName"))
      .concat(
        ingress
          .slice(ingress.indexOf("  rules"))
          .replace("host: quotes.family.example", `host: ${model.host}`),
      ),
    ...(model.disruptionBudgets
      ? { [`${dir}/disruption-budgets.yaml`]: apps.map(budget).join("---\n") }
      : {}),
  };
}

/** Every file of the repository at one commit. */
export function filesOf(model: FleetModel): Record<string, string> {
  return {
    "README.md": lines(
      "# fleet",
      "",
      "What Family Insurance runs, and where.",
      "",
      "| path | what it is | cluster |",
      "| --- | --- | --- |",
      "| `environments/production` | overlay on `base/` | eu-west-1-prod |",
      "| `environments/staging`, `environments/dev` | overlays on `base/` | eu-west-1-staging |",
      "| `payments/production.yaml` | values of the chart `charts/payments` | eu-west-1-prod |",
      "| `platform` | plain manifests | eu-west-1-prod |",
      "",
      "Change a file, open a pull request, merge. Nobody edits a cluster by hand.",
      model.readme,
    ),
    "base/kustomization.yaml": lines(
      "apiVersion: kustomize.config.k8s.io/v1beta1",
      "kind: Kustomization",
      "resources:",
      apps.map((app) => `  - ../apps/${app}`),
    ),
    ...Object.assign({}, ...apps.map((app) => appFiles(app, model.apps[app]))),
    ...Object.assign({}, ...overlays.map((name) => overlayFiles(name, model.overlays[name]))),
    ...chartFiles(model.payments),
    ...platformFiles(model.platform),
  };
}
