"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import type { ReactNode } from "react";
import { figureQueries } from "#components/delivery-figures/queries.ts";
import { renameOrganization } from "#components/organizations/queries.ts";
import { GithubApp } from "#components/repositories/github-app.tsx";
import { repositoryQueries } from "#components/repositories/queries.ts";
import { PageHead } from "#components/shell/page-head.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field, formValues, Input } from "#components/ui/field.tsx";
import { plural, safeHref } from "#components/ui/format.ts";
import type { CreateOrganizationInput, Role } from "#lib/organizations/schemas.ts";
import { RetentionForm } from "./retention-form.tsx";

/** What holds for the whole organization, and where the rest is set. */
export function SettingsPage({ org, orgName, role }: { org: string; orgName: string; role: Role }) {
  const { data: kept } = useQuery(figureQueries.retention(org));
  const admin = role === "admin";
  const months = (n: number | null) => (n === null ? "for ever" : `for ${plural(n, "month")}`);
  return (
    <>
      <PageHead
        crumbs={[{ name: orgName, href: `/${org}` }, { name: "Settings" }]}
        title={
          kept
            ? `${orgName} keeps exact manifests ${months(kept.manifestMonths)} and outcomes ${months(kept.outcomeMonths)}.`
            : `Settings of ${orgName}`
        }
      >
        {admin
          ? "What each environment is and does is declared in its cluster, in Git; here is what holds for all of them."
          : "An admin of the organization can change what stands here."}
      </PageHead>
      <div className="mt-7 flex flex-col gap-8">
        <Section
          title="Organization"
          about="Its name, as people read it. Its address stays, so that links hold."
        >
          <Rename org={org} name={orgName} mayChange={admin} />
        </Section>
        <Section
          title="How long the record is kept"
          about="What is older goes by itself, exact manifests before the outcomes they belong to. What runs now stays however old it is, and the audit log is not touched."
        >
          <RetentionForm org={org} mayChange={admin} />
        </Section>
        <Section
          title="GitHub"
          about="How pull requests are opened and changes are heard of, for all repositories at once."
        >
          <Github org={org} admin={admin} />
        </Section>
        <Section title="Elsewhere" about="What has a page of its own.">
          <ul className="flex flex-col gap-1.5">
            <Elsewhere href={`/${org}/members`} name="Members">
              who may look, act and administer, and their sessions
            </Elsewhere>
            <Elsewhere href={`/${org}/alerts/timing`} name="Alert timing">
              how long a difference lasts before somebody is told
            </Elsewhere>
            <Elsewhere href={`/${org}/alerts/channels`} name="Channels">
              where alerts are read
            </Elsewhere>
            <Elsewhere href={`/${org}/clusters`} name="Clusters">
              agents and their tokens
            </Elsewhere>
            <Elsewhere href={`/${org}/audit`} name="Audit">
              who changed any of this, and when
            </Elsewhere>
          </ul>
        </Section>
      </div>
    </>
  );
}

function Section({ title, about, children }: { title: string; about: string; children: ReactNode }) {
  return (
    <section
      aria-label={title}
      className="grid gap-x-10 gap-y-3 border-t border-line pt-5 md:grid-cols-[280px_minmax(0,1fr)]"
    >
      <div>
        <h2 className="font-[550]">{title}</h2>
        <p className="text-sm text-ink-3">{about}</p>
      </div>
      <div className="min-w-0 max-w-[640px]">{children}</div>
    </section>
  );
}

function Elsewhere({ href, name, children }: { href: string; name: string; children: ReactNode }) {
  return (
    <li className="text-ink-2">
      <Link href={href} className="link font-[550] text-ink">
        {name}
      </Link>
      : {children}
    </li>
  );
}

function Rename({ org, name, mayChange }: { org: string; name: string; mayChange: boolean }) {
  const router = useRouter();
  const rename = useMutation({
    mutationFn: (input: CreateOrganizationInput) => renameOrganization(org, input),
    onSuccess: () => router.refresh(),
  });
  if (!mayChange)
    return (
      <p>
        {name} <span className="text-ink-3">at /{org}</span>
      </p>
    );
  return (
    <form
      method="post"
      className="flex max-w-[480px] flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        rename.mutate(formValues(event.currentTarget) as CreateOrganizationInput);
      }}
    >
      <div className="min-w-[220px] flex-1">
        <Field label="Name" error={rename.error?.message}>
          {(attributes) => <Input {...attributes} name="name" defaultValue={name} maxLength={80} />}
        </Field>
      </div>
      <Button type="submit" disabled={rename.isPending}>
        Rename
      </Button>
      <p role="status" className="w-full text-sm text-ink-3">
        {rename.isSuccess ? "Renamed." : `Its address is /${org}.`}
      </p>
    </form>
  );
}

function Github({ org, admin }: { org: string; admin: boolean }) {
  const { data: app } = useQuery({ ...repositoryQueries.app(org), enabled: admin });
  if (admin && app && !app.url && app.mayCreate) return <GithubApp org={org} />;
  return (
    <p className="text-ink-2">
      {app?.url ? (
        <>
          The GitHub App{" "}
          {safeHref(app.url) ? (
            <a className="link text-ink" href={safeHref(app.url)} target="_blank" rel="noreferrer">
              {app.slug}
            </a>
          ) : (
            app.slug
          )}{" "}
          connects repositories, without a token to renew.{" "}
        </>
      ) : (
        "No GitHub App is set up; each repository is connected by a token of its own. "
      )}
      Which repositories are connected stands on{" "}
      <Link className="link text-ink" href={`/${org}/repositories`}>
        Repositories
      </Link>
      .
    </p>
  );
}
