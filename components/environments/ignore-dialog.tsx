"use client";
import { useState } from "react";
import { CopyButton } from "#components/ui/copy.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import type { FieldChange, ObjectRef } from "#lib/protocol/object.ts";
import { type IgnoreScope, ignoreSnippet } from "./ignore-rule.ts";

/** Shows what to commit so that a field no longer counts; nothing is changed from here. */
export function IgnoreDialog({
  environment,
  about,
  onClose,
}: {
  environment: string;
  about: { ref: ObjectRef; change: FieldChange };
  onClose: () => void;
}) {
  const { ref, change } = about;
  const [scope, setScope] = useState<IgnoreScope>({ objects: "this", what: "field" });
  const snippet = ignoreSnippet(environment, ref, change, scope);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Ignore this field"
      description="Git alone says what counts, so a rule is a commit: to the values of the agent’s Helm release."
    >
      <p className="mono mb-4 [overflow-wrap:anywhere]">{change.path}</p>
      <Choice
        legend="Of which objects"
        value={scope.objects}
        options={[
          ["this", `${ref.kind} ${ref.namespace && `${ref.namespace}/`}${ref.name} alone`],
          ["kind", `every ${ref.kind} of this environment`],
        ]}
        onChange={(objects) => setScope({ ...scope, objects })}
      />
      {change.by && (
        <Choice
          legend="What of them"
          value={scope.what}
          options={[
            ["field", "this field, whoever writes it"],
            ["manager", `every field that ${change.by.who} owns (field manager ${change.by.manager})`],
          ]}
          onChange={(what) => setScope({ ...scope, what })}
        />
      )}
      <div className="relative mt-4 rounded-lg border border-line bg-raised">
        <pre className="overflow-x-auto px-3.5 py-3 leading-[20px]">{snippet}</pre>
        <CopyButton text={snippet} label="Copy the values" className="absolute right-1.5 top-1.5 bg-raised" />
      </div>
      <p className="mt-3 text-ink-2">
        Add the rule to the list <code>ignore</code> of this environment where the release’s values are kept,
        and let them be rolled out as always. The agent then counts the field as hidden, and says how many
        are.
      </p>
    </Dialog>
  );
}

function Choice<V extends string>({
  legend,
  value,
  options,
  onChange,
}: {
  legend: string;
  value: V;
  options: [V, string][];
  onChange: (value: V) => void;
}) {
  return (
    <fieldset className="mb-3">
      <legend className="mb-1 text-xs text-ink-3">{legend}</legend>
      {options.map(([option, words]) => (
        <label key={option} className="flex items-baseline gap-2 py-0.5 [overflow-wrap:anywhere]">
          <input
            type="radio"
            name={legend}
            checked={value === option}
            onChange={() => onChange(option)}
            className="translate-y-[2px] accent-ink"
          />
          <span className="min-w-0">{words}</span>
        </label>
      ))}
    </fieldset>
  );
}
