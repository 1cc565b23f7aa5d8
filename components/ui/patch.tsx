import { cn } from "./cn.ts";

type Line = {
  kind: "add" | "del" | "context" | "hunk";
  text: string;
  old: number | null;
  new: number | null;
};

/** Lines of a unified patch as Git writes it, numbered on both sides. */
export function patchLines(patch: string): Line[] {
  let before = 0;
  let after = 0;
  return patch.split("\n").flatMap((raw): Line[] => {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(raw);
    if (hunk) {
      before = Number(hunk[1]);
      after = Number(hunk[2]);
      return [{ kind: "hunk", text: raw, old: null, new: null }];
    }
    if (raw.startsWith("+")) return [{ kind: "add", text: raw.slice(1), old: null, new: after++ }];
    if (raw.startsWith("-")) return [{ kind: "del", text: raw.slice(1), old: before++, new: null }];
    if (raw.startsWith("\\")) return [];
    return [{ kind: "context", text: raw.slice(1), old: before++, new: after++ }];
  });
}

/** The one viewer of Git patches. */
export function Patch({ patch }: { patch: string }) {
  return (
    <div className="overflow-x-auto">
      <table className="mono w-full border-collapse leading-[20px]">
        <tbody>
          {patchLines(patch).map((line, index) => (
            <tr
              key={index}
              className={cn(
                line.kind === "add" && "bg-add text-add-ink",
                line.kind === "del" && "bg-del text-del-ink",
                line.kind === "hunk" && "text-ink-3",
              )}
            >
              <td className="w-9 select-none px-2 text-right text-ink-3">{line.old}</td>
              <td className="w-9 select-none px-2 text-right text-ink-3">{line.new}</td>
              <td className="whitespace-pre px-2">
                {{ add: "+ ", del: "- ", context: "  ", hunk: "" }[line.kind]}
                {line.text}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
