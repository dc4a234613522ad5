"""Statistics count what happened, and are the same after a restart as before."""

from typing import Any

from support.contact_centre import ContactCentre
from support.waiting import eventually


def past_of(centre: ContactCentre) -> dict[str, Any]:
    """Returns the cumulative figures of the queue, the workflow, the workspace and the workers."""
    paths = {
        "queue": f"TaskQueues/{centre.queue_sid}/CumulativeStatistics?SplitByWaitTime=5,60",
        "workflow": f"Workflows/{centre.workflow_sid}/CumulativeStatistics",
        "workspace": "CumulativeStatistics",
        "workers": "Workers/CumulativeStatistics",
    }
    figures = {}
    for name, path in paths.items():
        reply = centre.server.request("GET", f"{centre.workspace_path}/{path}").json()
        # The window ends at the time of the request, and with it what workers are doing.
        figures[name] = {
            key: value
            for key, value in reply.items()
            if key not in ("start_time", "end_time", "activity_durations")
        }
    return figures


def test_a_restart_forgets_no_figure(centre: ContactCentre) -> None:
    worker = centre.hire("Alice")
    for status in ("completed", "completed", "rejected"):
        centre.workspace.tasks.create(attributes="{}", workflow_sid=centre.workflow_sid)
        offer = centre.wait_for_offer(worker.sid)
        if status == "rejected":
            offer.update(reservation_status=status, worker_activity_sid=centre.activity_sid("Offline"))
        else:
            centre.finish(worker.sid, offer.sid)
    before = past_of(centre)
    assert before["queue"]["tasks_entered"] == 3
    assert before["queue"]["tasks_completed"] == 2
    assert before["workers"]["reservations_rejected"] == 1
    centre.server.restart_after_kill()
    assert past_of(centre) == before
    # Figures that are counted from the log at first are counted in memory after a moment.
    eventually("the figures stay the same", lambda: past_of(centre) == before)
    centre.set_activity(worker.sid, "Available")
    centre.finish(worker.sid, centre.wait_for_offer(worker.sid).sid)
    after = past_of(centre)
    assert (after["queue"]["tasks_completed"], after["workers"]["reservations_created"]) == (3, 4)


def test_workers_spend_their_time_in_activities(centre: ContactCentre) -> None:
    worker = centre.hire("Alice", activity="Offline")
    centre.set_activity(worker.sid, "Available")
    statistics = centre.workspace.workers(worker.sid).statistics().fetch()
    durations = {row["friendly_name"]: row["total"] for row in statistics.cumulative["activity_durations"]}
    assert {"Offline", "Available"} <= set(durations)
    now = centre.workspace.workers.real_time_statistics().fetch()
    counts = {row["friendly_name"]: row["workers"] for row in now.activity_statistics}
    assert counts["Available"] == 1
