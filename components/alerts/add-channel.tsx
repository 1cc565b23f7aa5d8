"use client";
import dynamic from "next/dynamic";
import { createContext, type ReactNode, useContext, useState } from "react";
import type { ChannelKind } from "#lib/notifications/schemas.ts";

// Loaded when it is opened.
const NewChannelDialog = dynamic(
  () => import("./channel-dialog.tsx").then((module) => module.NewChannelDialog),
  { ssr: false },
);

const AddChannel = createContext<(kind: ChannelKind) => void>(() => undefined);

/** Opens the dialog that makes a channel, with a kind chosen. */
export const useAddChannel = () => useContext(AddChannel);

/**
 * Holds that dialog above the sections: the one that opened it gives way to a list once there is a channel, and
 * the signing secret, which is shown this once, must not go with it.
 */
export function AddChannelProvider({ org, children }: { org: string; children: ReactNode }) {
  const [kind, setKind] = useState<ChannelKind | null>(null);
  return (
    <AddChannel.Provider value={setKind}>
      {children}
      {kind && <NewChannelDialog org={org} kind={kind} onClose={() => setKind(null)} />}
    </AddChannel.Provider>
  );
}
