"""Celery's side of QueueThroughput: arguments are the address of Redis, `single` or `chain`, and the
payload of a job. For each line with a number it submits so many jobs, sees them through, and answers
with the number of tasks done in all.

The worker is a process of its own. Its tasks write what they did into a pipe, from which this
process learns that all is done; then it waits until all is acknowledged.
"""

import json
import os
import subprocess
import sys
import time

import redis
from celery import chain

import celery_tasks

WAIT_SECONDS = 0.002


def start_worker(address, pipe):
    environment = {**os.environ, "BROKER": address, "DONE": str(pipe)}
    command = [sys.executable, "-m", "celery", "-A", "celery_tasks", "--quiet", "worker"]
    command += ["--pool", os.environ.get("POOL", "solo"), "--loglevel", "ERROR"]
    command += ["--concurrency", os.environ.get("CONCURRENCY", "1")]
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    folder = os.path.dirname(os.path.abspath(__file__))
    return subprocess.Popen(
        command, cwd=folder, env=environment, pass_fds=[pipe], stdout=subprocess.DEVNULL
    )


def job(workload, number, spec):
    tasks = [celery_tasks.first.s({"job": number, "spec": spec})]
    if workload == "chain":
        tasks += [celery_tasks.second.s(), celery_tasks.third.s()]
    return chain(*tasks) if len(tasks) > 1 else tasks[0]


def check(done, submitted, stages):
    expected = {(stage, number) for stage in range(stages) for number in range(submitted)}
    if set(done) != expected or len(done) != len(expected):
        raise ValueError(f"done: {len(done)} (expected: {len(expected)}, each once)")


def acknowledged(server):
    return server.hlen("unacked") == 0 and server.llen("celery") == 0


def main():
    address, workload, payload = sys.argv[1:]
    celery_tasks.app.conf.broker_url = address
    spec = json.loads(payload)
    stages = 3 if workload == "chain" else 1
    reader, writer = os.pipe()
    server = redis.Redis.from_url(address)
    worker = start_worker(address, writer)
    os.close(writer)
    lines = os.fdopen(reader)
    done = []
    submitted = 0
    if lines.readline() != "ready\n":
        raise ValueError("the worker did not start")
    print("ready", flush=True)
    try:
        for line in sys.stdin:
            for number in range(submitted, submitted + int(line)):
                job(workload, number, spec).apply_async()
            submitted += int(line)
            while len(done) < submitted * stages:
                stage, number = lines.readline().split()
                done.append((int(stage), int(number)))
            while not acknowledged(server):
                time.sleep(WAIT_SECONDS)
            check(done, submitted, stages)
            print(submitted * stages, flush=True)
    finally:
        worker.terminate()


main()
