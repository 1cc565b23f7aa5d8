import { z } from "zod";

/** Rights grow from left to right; verbs enforce them. */
export const Role = z.enum(["viewer", "operator", "admin"]);
export type Role = z.infer<typeof Role>;

/** Who is looking, and what they may do. `organization` is null until they have one. */
export const Viewer = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string().nullable(),
  avatarUrl: z.string().nullable(),
  organization: z.object({ id: z.uuid(), slug: z.string(), name: z.string(), role: Role }).nullable(),
});
export type Viewer = z.infer<typeof Viewer>;

export const CreateOrganizationInput = z.object({
  name: z.string().trim().min(2, "At least two characters.").max(80),
});
export type CreateOrganizationInput = z.infer<typeof CreateOrganizationInput>;

export const MemberList = z.object({
  members: z.array(
    z.object({
      userId: z.uuid(),
      name: z.string(),
      email: z.string().nullable(),
      role: Role,
      joinedAt: z.string(),
      sessions: z.array(
        z.object({
          id: z.uuid(),
          createdAt: z.string(),
          lastSeenAt: z.string(),
          userAgent: z.string().nullable(),
          current: z.boolean(),
        }),
      ),
    }),
  ),
  invitations: z.array(z.object({ id: z.uuid(), email: z.string(), role: Role, createdAt: z.string() })),
});
export type MemberList = z.infer<typeof MemberList>;

export const InviteInput = z.object({ email: z.email("Not an e-mail address.").max(320), role: Role });
export type InviteInput = z.infer<typeof InviteInput>;

export const ChangeRoleInput = z.object({ role: Role });
export type ChangeRoleInput = z.infer<typeof ChangeRoleInput>;

/** First-run owner account, made with the one-time set-up link. */
export const SetUpInput = z.object({
  token: z.string(),
  name: z.string().trim().min(1).max(120),
  email: z.email("Not an e-mail address.").max(320),
  password: z.string().min(12, "At least 12 characters.").max(200),
  organization: z.string().trim().min(2).max(80),
});
export type SetUpInput = z.infer<typeof SetUpInput>;

/** How much there is of each noun: what the navigation shows. */
export const Counts = z.object({
  environments: z.number().int(),
  clusters: z.number().int(),
  repositories: z.number().int(),
  /** Pull requests of ours that are under way. */
  pullRequests: z.number().int(),
});
export type Counts = z.infer<typeof Counts>;

/** Live events to browsers: ids only; the page asks for what it shows. */
export const LiveEvent = z.object({
  topic: z.enum([
    "environment",
    "cluster",
    "repository",
    "pull-request",
    "audit",
    "member",
    /** Alerts, mutes and policies. */
    "alert",
    /** Channels, rules and deliveries. */
    "notification",
  ]),
  id: z.string(),
});
export type LiveEvent = z.infer<typeof LiveEvent>;
