"use client";
import { MoreHorizontal } from "lucide-react";
import dynamic from "next/dynamic";
import { type ComponentProps, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import type { ChannelMenuItem } from "./channel-menu-items.tsx";

const load = () => import("./channel-menu-items.tsx").then((module) => module.ChannelMenuItems);
const Items = dynamic(load, { ssr: false, loading: () => null });

/** What else can be done with a channel. What opens is loaded when it is about to be. */
export function ChannelMenu({ name, items }: { name: string; items: ChannelMenuItem[] }) {
  const [asked, setAsked] = useState(false);
  if (asked) return <Items items={items} trigger={<Trigger name={name} />} />;
  return <Trigger name={name} onPointerEnter={load} onFocus={load} onClick={() => setAsked(true)} />;
}

function Trigger({ name, ...props }: ComponentProps<"button"> & { name: string }) {
  return (
    <Button look="quiet" className="px-2" aria-haspopup="menu" aria-label={`More for ${name}`} {...props}>
      <MoreHorizontal size={15} aria-hidden="true" />
    </Button>
  );
}
