import { expect, it } from "vitest";
import { installCommand } from "./install-command.ts";

it("is one line for a POSIX shell, whatever the values hold", () => {
  const line = installCommand({
    chart: "./charts/plumbline-agent",
    url: "https://plumbline.example.com",
    token: "plumb_a'b $(rm -rf ~)",
  });
  expect(line.replaceAll(" \\\n  ", " ")).toBe(
    "helm upgrade --install plumbline-agent ./charts/plumbline-agent --namespace plumbline --create-namespace " +
      "--set controlPlane.url=https://plumbline.example.com --set controlPlane.token='plumb_a'\\''b $(rm -rf ~)'",
  );
});
