import { PrismaPg } from "@prisma/adapter-pg";
import { Prisma, PrismaClient } from "#prisma/generated/client.ts";
import { env } from "./env.ts";
import { AppError } from "./errors.ts";

export type { Environment, PullRequest } from "#prisma/generated/client.ts";
export { Prisma };
export type Transaction = Prisma.TransactionClient;

/** Next compiles its own copy of this module; the pool must be one in a process. */
const shared = globalThis as typeof globalThis & { plumblineDb?: PrismaClient; plumblineFirst?: string };

function client(): PrismaClient {
  shared.plumblineDb ??= new PrismaClient({
    adapter: new PrismaPg({ connectionString: env().DATABASE_URL, max: 20, idleTimeoutMillis: 10_000 }),
    transactionOptions: { maxWait: 10_000, timeout: 20_000 },
    log: [],
    // The others print the arguments of a failed query, secrets and all.
    errorFormat: "minimal",
  });
  return shared.plumblineDb;
}

type Settings = { organization?: string; user?: string; email?: string; token?: string; scope?: "routing" };

async function within<T>(settings: Settings, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const transaction = client().$transaction(async (tx) => {
    await tx.$queryRaw`select
      set_config('plumbline.organization', ${settings.organization ?? ""}, true),
      set_config('plumbline.user', ${settings.user ?? ""}, true),
      set_config('plumbline.email', ${settings.email ?? ""}, true),
      set_config('plumbline.token', ${settings.token ?? ""}, true),
      set_config('plumbline.scope', ${settings.scope ?? ""}, true)`;
    return work(tx);
  });
  return answering(transaction);
}

/** Prisma's codes for a database that cannot be reached, is full, or went away in the middle. */
const unreachable = ["P1001", "P1002", "P1008", "P1017", "P2024", "P2028"];

async function answering<T>(transaction: Promise<T>): Promise<T> {
  try {
    return await transaction;
  } catch (cause) {
    if (!isUnreachable(cause)) throw cause;
    throw new AppError("unavailable", "The database does not answer; try again in a moment.", { cause });
  }
}

function isUnreachable(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  if (error instanceof Prisma.PrismaClientKnownRequestError && unreachable.includes(error.code)) return true;
  return /ECONNREFUSED|ECONNRESET|Connection terminated|terminating connection|the database system is/.test(
    `${(error as NodeJS.ErrnoException)?.code} ${(error as Error)?.message}`,
  );
}

/** One transaction that sees and writes the rows of one organization, and no other's. */
export function withOrganization<T>(
  organizationId: string,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return within({ organization: organizationId }, work);
}

/** One transaction that sees a person's own memberships and invitations, wherever they are. */
export function withPerson<T>(
  person: { userId: string; email?: string | null },
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return within({ user: person.userId, email: person.email ?? undefined }, work);
}

/** One transaction that sees the agent token with this hash, whosever it is. */
export function withToken<T>(hash: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return within({ token: hash }, work);
}

/** One transaction that may read, of all organizations, what says where an event belongs. */
export function withRouting<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  return within({ scope: "routing" }, work);
}

/** One transaction on what belongs to no organization: people, their sessions, deliveries. */
export function withoutOrganization<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  return within({}, work);
}

/** Moves a transaction into an organization it has just found or made. */
export async function enterOrganization(tx: Transaction, organizationId: string): Promise<void> {
  await tx.$queryRaw`select set_config('plumbline.organization', ${organizationId}, true)`;
}

/** The organization that was there first: whose the installation is. It never changes, so it is asked once. */
export async function firstOrganization(): Promise<string | null> {
  shared.plumblineFirst ??= await withRouting(async (tx) => {
    const first = await tx.organization.findFirst({
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
      select: { id: true },
    });
    return first?.id;
  });
  return shared.plumblineFirst ?? null;
}

/** Whether `error` is a violated unique constraint: somebody else was first. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return (
    error.code === "P2002" || (error.code === "P2010" && JSON.stringify(error.meta ?? {}).includes("23505"))
  );
}

/** Throws where the database does not answer. */
export async function checkDatabase(): Promise<void> {
  await client().$queryRaw`select 1`;
}

/** Ends the pool. */
export async function closeDatabase(): Promise<void> {
  const open = shared.plumblineDb;
  delete shared.plumblineDb;
  delete shared.plumblineFirst;
  await open?.$disconnect();
}
