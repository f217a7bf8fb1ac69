// BullMQ's side of QueueThroughput: arguments are the address of Redis, `single` or `chain`, and the
// payload of a job. For each line with a number it submits so many jobs, sees them through, and
// answers with the number of tasks done in all.
//
// A chain is handed over by the worker of a stage, which adds the next stage's job before its own is
// complete; HAND_OVER=flow takes FlowProducer instead. ADD=bulk submits in batches.
import { createInterface } from "node:readline";
import { FlowProducer, Queue, Worker } from "bullmq";

const [address, workload, payload] = process.argv.slice(2);
const stages = workload === "chain" ? 3 : 1;
const flows = process.env.HAND_OVER === "flow" && stages > 1;
const bulk = process.env.ADD === "bulk";
const concurrency = Number(process.env.CONCURRENCY ?? 64);
const clients = 64;

const url = new URL(address);
const connection = {
  host: url.hostname,
  port: Number(url.port),
  password: url.password,
  maxRetriesPerRequest: null,
  enableAutoPipelining: process.env.PIPELINE === "1",
};
const spec = JSON.parse(payload);
const jobOptions = { removeOnComplete: process.env.KEEP !== "1", attempts: 5 };

const queues = [];
const done = [];
for (let stage = 0; stage < stages; stage++) {
  queues.push(new Queue(`stage${stage}`, { connection, defaultJobOptions: jobOptions }));
  done.push(new Set());
}
const flow = flows ? new FlowProducer({ connection }) : null;

let submitted = 0;
let completed = 0;
let over = () => {};
let failed = () => {};

function manifest(job, stage) {
  return `default/${job}/stage${stage}/job/1-0123456789abcdef0123456789abcdef/manifest.json`;
}

async function work(stage, task) {
  const { job } = task.data;
  if (done[stage].has(job)) {
    failed(new Error(`${job}: stage ${stage}: done twice`));
  }
  done[stage].add(job);
  if (stage + 1 < stages && !flow) {
    const data = { job, spec: task.data.spec, manifest: manifest(job, stage) };
    await queues[stage + 1].add("task", data, { jobId: `${job}-${stage + 1}` });
  }
  return manifest(job, stage);
}

for (let stage = 0; stage < stages; stage++) {
  const worker = new Worker(`stage${stage}`, (task) => work(stage, task), {
    connection,
    concurrency,
  });
  worker.on("error", (error) => failed(error));
  worker.on("failed", (task, error) => failed(error));
  worker.on("completed", () => {
    completed += 1;
    if (completed === submitted * stages) {
      over();
    }
  });
  await worker.waitUntilReady();
}

function flowOf(job) {
  let tree = null;
  for (let stage = 0; stage < stages; stage++) {
    tree = {
      name: "task",
      queueName: `stage${stage}`,
      data: { job, spec },
      opts: { ...jobOptions, jobId: `${job}-${stage}` },
      children: tree ? [tree] : undefined,
    };
  }
  return tree;
}

async function client(numbers) {
  for (let next = numbers.shift(); next !== undefined; next = numbers.shift()) {
    const job = `j${next}`;
    if (flow) {
      await flow.add(flowOf(job));
    } else {
      await queues[0].add("task", { job, spec }, { jobId: `${job}-0` });
    }
  }
}

async function bulkClient(numbers) {
  while (numbers.length > 0) {
    const jobs = numbers.splice(0, 50).map((number) => `j${number}`);
    if (flow) {
      await flow.addBulk(jobs.map(flowOf));
    } else {
      await queues[0].addBulk(
        jobs.map((job) => ({
          name: "task",
          data: { job, spec },
          opts: { jobId: `${job}-0` },
        })),
      );
    }
  }
}

async function run(count) {
  const numbers = Array.from({ length: count }, (_, i) => submitted + i);
  submitted += count;
  const ended = new Promise((resolve, reject) => {
    over = resolve;
    failed = reject;
  });
  const submissions = bulk
    ? [bulkClient(numbers)]
    : Array.from({ length: clients }, () => client(numbers));
  await Promise.all([ended, ...submissions]);
  for (const set of done) {
    for (let i = 0; i < submitted; i++) {
      if (!set.has(`j${i}`) || set.size !== submitted) {
        throw new Error(`j${i}: ${set.size} done (expected: ${submitted}, each once)`);
      }
    }
  }
  return submitted * stages;
}

process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await run(Number(line))}\n`);
}
process.exit(0);
