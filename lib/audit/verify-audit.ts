import { type Context, requireRole } from "../auth/context.ts";
import { env } from "../env.ts";
import { AppError } from "../errors.ts";
import { log } from "../log.ts";
import { auditKey, readAnchors } from "./anchor.ts";
import type { VerificationLine, VerifyAuditInput } from "./schemas.ts";
import { verifyChain } from "./verify-chain.ts";

const running = new Set<string>();
const tellEveryMs = 200;

/** Verifies the organization's chain, one verification at a time; yields its progress, and at last what it found. */
export function verifyAudit({
  ctx,
  input = { anchors: "" },
}: {
  ctx: Context;
  input?: VerifyAuditInput;
}): AsyncGenerator<VerificationLine> {
  requireRole(ctx, "viewer");
  const { organizationId } = ctx;
  if (running.has(organizationId))
    throw new AppError("conflict", "This chain is being verified already; ask again in a moment.");
  return verify(organizationId, input.anchors);
}

async function* verify(organizationId: string, anchors: string): AsyncGenerator<VerificationLine> {
  running.add(organizationId);
  const given = readAnchors(anchors, [auditKey(env()).publicKey]);
  const steps = verifyChain(organizationId, given);
  try {
    let told = 0;
    for (let step = await steps.next(); ; step = await steps.next()) {
      if (step.done) return yield { result: step.value };
      if (Date.now() - told < tellEveryMs) continue;
      told = Date.now();
      yield { progress: step.value };
    }
  } catch (err) {
    // The answer has begun: its status can no longer say so.
    log().error({ err }, "a verification of the audit chain failed");
    yield { error: "The chain could not be read to its end; try again in a moment." };
  } finally {
    running.delete(organizationId);
    // Where whoever asked has gone away, its connection ends here.
    await steps.return({} as never).catch(() => {});
  }
}
