import { wordsOf } from "../api/http.ts";
import { useSession } from "../api/session.ts";
import { Loading } from "../ui/loading.tsx";
import { Notice } from "../ui/notice.tsx";
import { LoginForm } from "./login-form.tsx";
import { NoWorker } from "./no-worker.tsx";
import { Workplace } from "./workplace.tsx";

/** The agent's desktop: the login, then the work. */
export default function DesktopPage() {
  const session = useSession();
  if (session.isPending) return <Loading />;
  // A server that can not be reached for a moment ends no work: what was last known stays.
  if (!session.data) {
    return (
      <main className="mx-auto max-w-lg p-8">
        <Notice look="bad">{wordsOf(session.error)}</Notice>
      </main>
    );
  }
  const { user, development } = session.data;
  if (!user) return <LoginForm isDevelopment={development} />;
  if (!user.worker_sid) return <NoWorker user={user} />;
  return <Workplace key={user.sid} user={user} />;
}
