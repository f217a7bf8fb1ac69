"""The tasks of celery_cycles.py, and how its worker is set up."""

import os

from celery import Celery
from celery.signals import worker_ready

PIPE = int(os.environ.get("DONE", "-1"))

app = Celery("cycles", broker=os.environ.get("BROKER"))
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=int(os.environ.get("PREFETCH", "64")),
    worker_send_task_events=False,
    worker_disable_rate_limits=True,
    worker_hijack_root_logger=False,
)


@worker_ready.connect
def ready(**_):
    os.write(PIPE, b"ready\n")


def finish(stage, data):
    os.write(PIPE, f"{stage} {data['job']}\n".encode())
    manifest = f"default/{data['job']}/stage{stage}/job/1-{'0123456789abcdef' * 2}/manifest.json"
    return {**data, "manifest": manifest}


@app.task
def first(data):
    return finish(0, data)


@app.task
def second(data):
    return finish(1, data)


@app.task
def third(data):
    return finish(2, data)
