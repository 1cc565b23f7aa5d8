import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ensureEngines } from "../../scripts/engines/engines.ts";
import { Declaration } from "../declaration.ts";
import { openRenderer } from "./index.ts";

const root = process.env.CONFORMANCE_DIR ?? join(import.meta.dirname, "../../../shared/conformance");
const manifests = join(root, "manifests");
const absent = !existsSync(manifests);
const FLUX = "flux2-kustomize-helm-example";

describe.skipIf(absent)(
  `real repositories' manifests${absent ? " (skipped: no conformance data)" : ""}`,
  () => {
    test.each([
      [FLUX, "apps/production", "kustomize", ["Namespace", "HelmRelease", "HelmRepository"], 6],
      [FLUX, "apps/staging", "kustomize", ["Namespace", "HelmRelease", "HelmRepository"], 6],
      [
        FLUX,
        "infrastructure/controllers",
        "kustomize",
        ["Namespace", "Namespace", "HelmRelease", "HelmRelease", "OCIRepository", "OCIRepository"],
        3,
      ],
      [FLUX, "infrastructure/configs", "kustomize", ["ClusterIssuer", "Gateway", "GatewayClass"], 3],
      [
        FLUX,
        "clusters/production",
        "yaml",
        ["Kustomization", "ArtifactGenerator", "Kustomization", "Kustomization"],
        6,
      ],
      ["podinfo", "kustomize", "kustomize", ["Service", "Deployment", "HorizontalPodAutoscaler"], 4],
    ])(
      "%s %s",
      async (repository, path, renderer, kinds, inputs) => {
        const cacheDir = mkdtempSync(join(tmpdir(), "plumbline-conformance-"));
        try {
          const open = openRenderer({ engines: await ensureEngines(() => {}), cacheDir });
          const declaration = Declaration.parse({
            name: "x",
            repository: { url: "https://example.com/x" },
            path,
          });
          const rendered = await open.render({
            directory: join(manifests, repository),
            revision: "a".repeat(40),
            declaration,
          });
          expect(rendered.renderer).toBe(renderer);
          expect(rendered.objects.map(({ object }) => object.kind)).toEqual(kinds);
          expect(rendered.inputs).toHaveLength(inputs);
          for (const { source } of rendered.objects) expect(rendered.inputs).toContain(source?.file);
        } finally {
          rmSync(cacheDir, { recursive: true, force: true });
        }
      },
      60_000,
    );
  },
);
