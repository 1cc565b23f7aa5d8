"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { PageHead } from "#components/shell/page-head.tsx";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { controlClass, Field, formValues, Input } from "#components/ui/field.tsx";
import { Notice, Skeleton } from "#components/ui/notice.tsx";
import { Time } from "#components/ui/time.tsx";
import type { InviteInput, Role, Viewer } from "#lib/organizations/schemas.ts";
import { membersSentence, ROLES } from "./members-sentence.ts";
import { changeRole, invite, memberQueries, removeMember, revokeSession } from "./queries.ts";

/** Who may look, act and administer; and which of their sessions are open. */
export function MembersPage({ org, orgName, viewer }: { org: string; orgName: string; viewer: Viewer }) {
  const query = useQuery(memberQueries.list(org));
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: [org, "members"] });
  const role = useMutation({
    mutationFn: (input: { userId: string; role: Role }) => changeRole(org, input.userId, input.role),
    onSettled: refresh,
  });
  const remove = useMutation({
    mutationFn: (userId: string) => removeMember(org, userId),
    onSettled: refresh,
  });
  const revoke = useMutation({
    mutationFn: (sessionId: string) => revokeSession(org, sessionId),
    onSettled: refresh,
  });
  const admin = viewer.organization?.role === "admin";
  const error = role.error ?? remove.error ?? revoke.error ?? query.error;
  return (
    <>
      <PageHead
        crumbs={[{ name: orgName, href: `/${org}` }, { name: "Members" }]}
        title={query.data ? membersSentence(query.data, orgName) : "Members"}
      >
        Viewers look. Operators also roll back and connect clusters. Admins also manage tokens and people.
      </PageHead>
      {error && <Notice tone="failed" title={error.message} className="mt-4" />}
      {!query.data && !error && <Skeleton className="mt-6 h-32" />}
      <ul className="mt-5 border-t border-line">
        {query.data?.members.map((member) => (
          <li key={member.userId} className="border-b border-line py-3">
            <div className="flex flex-wrap items-center justify-between gap-3">
              <span>
                <b className="font-[550]">{member.name}</b>
                {member.userId === viewer.id && <span className="text-ink-3"> (you)</span>}
                <span className="block text-sm text-ink-3">
                  {member.email}, joined <Time at={member.joinedAt} />
                </span>
              </span>
              <span className="flex items-center gap-2">
                {admin ? (
                  <select
                    aria-label={`Role of ${member.name}`}
                    value={member.role}
                    onChange={(event) =>
                      role.mutate({ userId: member.userId, role: event.target.value as Role })
                    }
                    className={cn(controlClass, "w-auto")}
                  >
                    {ROLES.map((name) => (
                      <option key={name}>{name}</option>
                    ))}
                  </select>
                ) : (
                  <span className="text-ink-2">{member.role}</span>
                )}
                {admin && member.userId !== viewer.id && (
                  <Button look="quiet" onClick={() => remove.mutate(member.userId)}>
                    Remove
                  </Button>
                )}
              </span>
            </div>
            <ul className="mt-1">
              {member.sessions.map((session) => (
                <li
                  key={session.id}
                  className="flex flex-wrap items-center justify-between gap-2 py-0.5 text-sm text-ink-3"
                >
                  <span>
                    {session.current ? "This session" : "Session"}, opened <Time at={session.createdAt} />,
                    used <Time at={session.lastSeenAt} />
                  </span>
                  <button type="button" className="link" onClick={() => revoke.mutate(session.id)}>
                    End it
                  </button>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      {query.data && query.data.invitations.length > 0 && (
        <>
          <h2 className="mb-1 mt-6 font-[550]">Invited</h2>
          <ul className="border-t border-line">
            {query.data.invitations.map((invitation) => (
              <li
                key={invitation.id}
                className="flex flex-wrap justify-between gap-x-4 border-b border-line py-2"
              >
                <span className="min-w-0 [overflow-wrap:anywhere]">{invitation.email}</span>
                <span className="text-ink-3">
                  as {invitation.role}, <Time at={invitation.createdAt} />; joins at their next sign-in
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {admin && <Invite org={org} onDone={refresh} />}
    </>
  );
}

function Invite({ org, onDone }: { org: string; onDone: () => void }) {
  const mutation = useMutation({
    mutationFn: (input: InviteInput) => invite(org, input),
    onSuccess: () => {
      onDone();
    },
  });
  return (
    <form
      className="mt-6 flex max-w-[560px] flex-wrap items-end gap-2"
      method="post"
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        mutation.mutate(formValues(form) as InviteInput, { onSuccess: () => form.reset() });
      }}
    >
      <div className="min-w-[220px] flex-1">
        <Field label="Invite by e-mail" error={mutation.error?.message}>
          {(attributes) => (
            <Input {...attributes} type="email" name="email" required placeholder="carol@example.com" />
          )}
        </Field>
      </div>
      <select aria-label="Role" name="role" defaultValue="operator" className={cn(controlClass, "w-auto")}>
        {ROLES.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <Button look="primary" type="submit" disabled={mutation.isPending}>
        Invite
      </Button>
    </form>
  );
}
