"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Fold, GIT_CLUSTER, type Margin, type Sides, SidesContext, UnifiedLine } from "./diff-line.tsx";
import { type DiffLine, type Piece, pairsOf } from "./lines.ts";

const SplitLines = dynamic(() => import("./split-pieces.tsx").then((module) => module.SplitLines));

export type DiffLook = "unified" | "split";

/** Lines drawn of one stretch at a time: a browser takes long for thousands of them. */
const CHUNK = 400;

/** The one viewer of differences: folded where both sides agree, with who says so in the margin. */
export function DiffView({
  pieces,
  look = "unified",
  margin,
  folded = "as in Git",
  sides = GIT_CLUSTER,
}: {
  pieces: Piece[];
  look?: DiffLook;
  margin?: Margin | undefined;
  /** What a fold says of its lines. */
  folded?: string;
  sides?: Sides;
}) {
  return (
    <SidesContext value={sides}>
      <div className="mono overflow-hidden leading-[22px]">
        {pieces.map((piece, index) => (
          <PieceView key={index} piece={piece} look={look} margin={margin} folded={folded} />
        ))}
      </div>
    </SidesContext>
  );
}

function PieceView({
  piece,
  look,
  margin,
  folded,
}: {
  piece: Piece;
  look: DiffLook;
  margin: Margin | undefined;
  folded: string;
}) {
  const [opened, setOpened] = useState(0);
  const { lines } = piece;
  const shown = opened + (piece.folded ? 0 : CHUNK);
  const part = shown >= lines.length ? lines : lines.slice(0, shown);
  const rest = lines.length - part.length;
  return (
    <>
      {look === "split" ? (
        <SplitLines lines={part} margin={margin} />
      ) : (
        <UnifiedLines lines={part} margin={margin} />
      )}
      {rest > 0 && (
        <Fold
          count={rest}
          what={piece.folded ? folded : "more"}
          onOpen={() => setOpened((before) => before + CHUNK)}
        />
      )}
    </>
  );
}

function UnifiedLines({ lines, margin }: { lines: DiffLine[]; margin: Margin | undefined }) {
  const opposite = new Map<DiffLine, DiffLine | null>();
  for (const { git, cluster } of pairsOf(lines)) {
    if (!git || !cluster || git === cluster) continue;
    opposite.set(git, cluster);
    opposite.set(cluster, git);
  }
  return lines.map((line, index) => (
    <UnifiedLine
      key={index}
      line={line}
      other={opposite.get(line)}
      number={line.kind === "add" ? line.cluster : line.git}
      margin={margin?.(line)}
      hasMargin={margin !== undefined}
    />
  ));
}
