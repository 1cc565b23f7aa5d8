import { benchDiff, partNames } from "../bench/diff.ts";

const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
const unknown = wanted.filter((name) => !partNames.some((one) => one === name));
if (unknown.length > 0) {
  console.error(
    `plumbline: there is nothing to measure called ${unknown.join(", ")}: ${partNames.join(", ")}.`,
  );
  process.exit(2);
}
await benchDiff(
  partNames.filter((name) => wanted.length === 0 || wanted.includes(name)),
  (line) => console.log(line),
);
process.exit(0);
