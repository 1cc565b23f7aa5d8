import { expect, it } from "vitest";
import { openWorld, outcomeOf } from "./test-world.ts";

const template = (name: string, more = "") =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-${name}\n${more}data:\n  color: {{ .Values.color | quote }}\n`;

it("follows a chart with values files: install, upgrade, a template that goes, hooks that would only test", async () => {
  const world = await openWorld({
    environments: {
      production: {
        path: "charts/web",
        helm: { releaseName: "shop", valuesFiles: ["values/production.yaml"], values: { size: 2 } },
      },
    },
  });
  const sync = await world.begin({
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "charts/web/values.yaml": "color: blue\nsize: 1\n",
    "values/production.yaml": "color: green\n",
    "charts/web/templates/main.yaml": `${template("main")}  size: {{ .Values.size | quote }}\n`,
    "charts/web/templates/old.yaml": template("old"),
    "charts/web/templates/test.yaml": template("test", "  annotations: {helm.sh/hook: test}\n"),
    "charts/web/templates/hook.yaml": template("hook", "  annotations: {helm.sh/hook: pre-install}\n"),
  });
  expect((await world.kube.get("ConfigMap/shop-main"))?.data).toEqual({ color: "green", size: "2" });
  expect(sync.objects.map(({ ref }) => ref.name).sort()).toEqual(["shop-hook", "shop-main", "shop-old"]);

  const upgrade = await world.follow({
    "values/production.yaml": "color: red\n",
    "charts/web/templates/old.yaml": null,
  });
  expect((await world.kube.get("ConfigMap/shop-main"))?.data).toEqual({ color: "red", size: "2" });
  expect(outcomeOf(upgrade, "ConfigMap/shop-old")).toBe("pruned");
  expect(await world.kube.has("ConfigMap/shop-old")).toBe(false);
});
