import { useMemo, useRef, useState } from "react";

import { wordsOf } from "../api/http.ts";
import type { User } from "../api/session.ts";
import { Notice } from "../ui/notice.tsx";
import { useSoftphone } from "../voice/use-softphone.ts";
import { agentTokens } from "../worker/desk.ts";
import { useWorker } from "../worker/use-worker.ts";
import { DirectCall } from "./direct-call.tsx";
import { Idle } from "./idle.tsx";
import { TopBar } from "./top-bar.tsx";
import { useTitle } from "./use-title.ts";
import { WorkCard } from "./work-card.tsx";

/** An agent's work: who is there, what is offered, and the call. */
export function Workplace({ user }: { user: User }) {
  const tokens = useMemo(agentTokens, []);
  const { state, desk, tell } = useWorker(tokens);
  const accepted = useRef(new Set<string>());
  const { phone, state: phoneState } = useSoftphone({
    token: () => tokens.get(),
    isCalled: true,
    answersAtOnce: ({ ReservationSid }) =>
      ReservationSid !== undefined && accepted.current.has(ReservationSid),
  });
  const [problem, setProblem] = useState<string>();
  useTitle(state.work);

  /** Does something at the desk; what fails is told. */
  const attempt = async (act: () => Promise<void>) => {
    setProblem(undefined);
    await act().catch((error) => setProblem(wordsOf(error)));
  };
  const acceptCall = (reservation: string) => {
    accepted.current.add(reservation);
    return desk.acceptCall(reservation);
  };
  const { call } = phoneState;
  const isOfWork = (sid?: string) => state.work.some((work) => work.reservation === sid);

  return (
    <div className="min-h-dvh">
      <TopBar
        user={user}
        state={state}
        phone={phoneState}
        onActivity={(sid) => attempt(() => desk.setActivity(sid))}
      />
      <main className="mx-auto flex max-w-3xl flex-col gap-4 p-4">
        {state.link === "dropped" && <Notice look="warn">Disconnected. Reconnecting …</Notice>}
        {problem && (
          <Notice look="bad" onClose={() => setProblem(undefined)}>
            {problem}
          </Notice>
        )}
        {phoneState.problem && <Notice look="bad">{phoneState.problem}</Notice>}
        {state.missed && (
          <Notice look="warn" onClose={() => tell({ kind: "missed seen" })}>
            {state.missed}
          </Notice>
        )}
        {call && !isOfWork(call.parameters.ReservationSid) && <DirectCall phone={phone} call={call} />}
        {state.work.map((work) => (
          <WorkCard
            key={work.reservation}
            work={work}
            desk={desk}
            phone={phone}
            phoneState={phoneState}
            acceptCall={acceptCall}
            attempt={attempt}
          />
        ))}
        {state.worker && state.work.length === 0 && !call && <Idle worker={state.worker} />}
      </main>
    </div>
  );
}
