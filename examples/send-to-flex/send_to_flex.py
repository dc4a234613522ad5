"""Publishes a flow, texts it as a customer would, and takes the task as an agent would."""

import json
import os
import time
from pathlib import Path

import requests
from patchboard_client import connect

URL = os.environ.get("PATCHBOARD_URL", "http://127.0.0.1:8080")
CREDENTIALS = (os.environ["PATCHBOARD_ACCOUNT_SID"], os.environ["PATCHBOARD_AUTH_TOKEN"])
CUSTOMER, OUR_NUMBER = "+15557778001", "+15555550111"


def main() -> None:
    client = connect(URL, *CREDENTIALS)

    # A new installation has a workspace, a workflow and the usual task channels.
    [workspace] = client.taskrouter.v1.workspaces.list(friendly_name="Flex Task Assignment")
    router = client.taskrouter.v1.workspaces(workspace.sid)
    [workflow] = router.workflows.list(friendly_name="Assign to Anyone")
    chat = router.task_channels("chat").fetch()

    # The flow is a Studio export; Send to Flex needs the two SIDs of this installation.
    text = (Path(__file__).parent / "flow.json").read_text()
    text = text.replace("${WORKFLOW_SID}", workflow.sid).replace("${CHAT_CHANNEL_SID}", chat.sid)
    flow = client.studio.v2.flows.create("Send to Flex example", "published", json.loads(text))
    client.incoming_phone_numbers.create(phone_number=OUR_NUMBER, sms_url=flow.webhook_url)
    print(f"published {flow.sid} on {OUR_NUMBER}")

    # The loopback carrier plays the customer's phone.
    form = {"From": CUSTOMER, "To": OUR_NUMBER, "Body": "My parcel is lost"}
    requests.post(f"{URL}/v1/dev/inbound-messages", form, auth=CREDENTIALS, timeout=10).raise_for_status()

    # An agent becomes available, is offered the task, and does the work.
    [available] = router.activities.list(friendly_name="Available")
    worker = router.workers.create(friendly_name="Example agent", activity_sid=available.sid)
    while not (offers := router.workers(worker.sid).reservations.list(reservation_status="pending")):
        time.sleep(0.1)
    task = router.tasks(offers[0].task_sid).fetch()
    print(f"accepting {task.sid}: {task.attributes}")
    offers[0].update(reservation_status="accepted")
    offers[0].update(reservation_status="completed")
    print(f"{task.sid} is {router.tasks(task.sid).fetch().assignment_status}")

    for message in client.messages.list(to=CUSTOMER):
        print(f"the customer got: {message.body}")


if __name__ == "__main__":
    main()
