import { useCallback, useMemo, useRef, useState } from "react";

import { wordsOf } from "../api/http.ts";
import type { User } from "../api/session.ts";
import { unread } from "../conversation/state.ts";
import { useConversations } from "../conversation/use-conversations.ts";
import { usePreferences } from "../ui/preferences.ts";
import { useRing } from "../ui/ring.ts";
import { useShortcuts } from "../ui/use-shortcuts.ts";
import { CallMemory } from "../voice/memory.ts";
import { useSoftphone } from "../voice/use-softphone.ts";
import { agentTokens } from "../worker/desk.ts";
import { contactOf } from "../worker/types.ts";
import { useWorker } from "../worker/use-worker.ts";
import { chosenOf } from "./chosen.ts";
import { DirectCall } from "./direct-call.tsx";
import { Help } from "./help.tsx";
import { Idle } from "./idle.tsx";
import { Notices } from "./notices.tsx";
import { OfferBanner } from "./offer-banner.tsx";
import type { Tools } from "./tools.ts";
import { TopBar } from "./top-bar.tsx";
import { useAlerts } from "./use-alerts.ts";
import { useChime } from "./use-chime.ts";
import { WorkList } from "./work-list.tsx";
import { WorkPane } from "./work-pane.tsx";

const MEMORY = new CallMemory("patchboard.desktop");

/** An agent's work: who is there, what is offered, the calls and the conversations. */
export function Workplace({ user }: { user: User }) {
  const tokens = useMemo(agentTokens, []);
  const { state, desk, tell } = useWorker(tokens);
  const { talks, acts } = useConversations(tokens, state.work);
  const accepted = useRef(new Set<string>());
  const { phone, state: phoneState } = useSoftphone({
    token: () => tokens.get(),
    isCalled: true,
    memory: MEMORY,
    answersAtOnce: ({ ReservationSid }) =>
      ReservationSid !== undefined && accepted.current.has(ReservationSid),
  });
  const [problem, setProblem] = useState<string>();
  const [wish, setWish] = useState<string>();
  const [showsHelp, setShowsHelp] = useState(false);
  const { preferences, prefer } = usePreferences();

  const attempt = useCallback(async (act: () => Promise<void>) => {
    setProblem(undefined);
    try {
      await act();
      return true;
    } catch (error) {
      setProblem(wordsOf(error));
      return false;
    }
  }, []);
  const acceptCall = (reservation: string) => {
    accepted.current.add(reservation);
    return desk.acceptCall(reservation);
  };
  const tools: Tools = { desk, phone, phoneState, talks, acts, acceptCall, choose: setWish, attempt };

  const { call } = phoneState;
  const { work } = state;
  const offered = work.find((it) => it.status === "pending");
  const isCalled = call?.stage === "incoming";
  const count = Object.values(talks).reduce((sum, talk) => sum + unread(talk), 0);
  const chosen = chosenOf(work, wish, call?.parameters.ReservationSid);
  useAlerts({ work, unread: count });
  useRing(preferences.rings && call?.stage !== "talking" && (offered !== undefined || isCalled));
  useChime(preferences.rings, count);
  useShortcuts({
    "?": () => setShowsHelp(true),
    s: () => prefer({ rings: !preferences.rings }),
    ...Object.fromEntries(work.slice(0, 9).map((it, at) => [String(at + 1), () => setWish(it.reservation)])),
  });

  return (
    <div className="flex min-h-dvh flex-col md:h-dvh">
      <TopBar
        user={user}
        state={state}
        phone={phoneState}
        onActivity={(sid) => attempt(() => desk.setActivity(sid))}
        onHelp={() => setShowsHelp(true)}
      />
      <p aria-live="assertive" className="sr-only">
        {offered && `${contactOf(offered.task)} waits for your answer. Press Enter to accept.`}
      </p>
      <div className="flex min-h-0 grow flex-col md:flex-row">
        {work.length > 0 && (
          <WorkList work={work} chosen={chosen?.reservation} onChoose={setWish} tools={tools} />
        )}
        <main className="flex min-h-0 min-w-0 grow flex-col md:overflow-y-auto">
          <Notices
            state={state}
            phoneProblem={phoneState.problem}
            problem={problem}
            onProblemSeen={() => setProblem(undefined)}
            onMissedSeen={() => tell({ kind: "missed seen" })}
          />
          {offered && offered !== chosen && (
            <OfferBanner work={offered} onShow={() => setWish(offered.reservation)} />
          )}
          {call && !work.some((it) => it.reservation === call.parameters.ReservationSid) && (
            <div className="p-4 md:p-6">
              <DirectCall phone={phone} call={call} />
            </div>
          )}
          {chosen && <WorkPane key={chosen.reservation} work={chosen} tools={tools} />}
          {state.worker && work.length === 0 && !call && <Idle worker={state.worker} />}
        </main>
      </div>
      {showsHelp && <Help onClose={() => setShowsHelp(false)} />}
    </div>
  );
}
