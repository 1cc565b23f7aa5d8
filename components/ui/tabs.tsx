"use client";
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";

type Tab<T extends string> = { value: T; name: string; count: number };

/**
 * A list of tabs as the ARIA practices have it: one stop of the Tab key, arrows, Home and End choose another. Radix's
 * list brings what its menus need, which made the page that people open most a twentieth heavier.
 */
export function TabList<T extends string>({
  label,
  tabs,
  chosen,
  onChoose,
  onSoon,
}: {
  label: string;
  tabs: readonly Tab<T>[];
  chosen: T;
  onChoose: (value: T) => void;
  /** Somebody is about to choose it. */
  onSoon: (value: T) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  // On a narrow screen the chosen one may stand beyond the edge, as when one comes by a link to it.
  useEffect(() => {
    const tab = document.getElementById(tabId(chosen));
    if (!list.current || !tab) return;
    const { left, right } = list.current.getBoundingClientRect();
    const at = tab.getBoundingClientRect();
    if (at.left < left || at.right > right)
      list.current.scrollLeft += at.left < left ? at.left - left : at.right - right;
  }, [chosen]);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const at = tabs.findIndex(({ value }) => value === chosen);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    const tab = next === undefined ? undefined : tabs.at(next % tabs.length);
    if (!tab) return;
    event.preventDefault();
    document.getElementById(tabId(tab.value))?.focus();
    onChoose(tab.value);
  };
  return (
    <div
      ref={list}
      role="tablist"
      aria-label={label}
      onKeyDown={onKeyDown}
      className="flex gap-[22px] overflow-x-auto border-b border-line print:hidden"
    >
      {tabs.map(({ value, name, count }) => (
        <button
          key={value}
          id={tabId(value)}
          type="button"
          role="tab"
          aria-selected={value === chosen}
          aria-controls={value === chosen ? panelId(value) : undefined}
          tabIndex={value === chosen ? 0 : -1}
          onClick={() => onChoose(value)}
          onPointerEnter={() => onSoon(value)}
          onFocus={() => onSoon(value)}
          className="-mb-px whitespace-nowrap border-b-2 border-transparent py-2 text-ink-2 hover:text-ink focus-visible:outline-offset-[-2px] aria-selected:border-ink aria-selected:font-[550] aria-selected:text-ink"
        >
          {name}
          {count > 0 && <span className="font-normal text-ink-3"> {count}</span>}
        </button>
      ))}
    </div>
  );
}

/** What the chosen tab shows. */
export function TabPanel({
  value,
  className,
  children,
}: {
  value: string;
  className: string;
  children: ReactNode;
}) {
  return (
    <div role="tabpanel" id={panelId(value)} aria-labelledby={tabId(value)} className={className}>
      {children}
    </div>
  );
}

const tabId = (value: string) => `tab-${value}`;
const panelId = (value: string) => `panel-${value}`;
