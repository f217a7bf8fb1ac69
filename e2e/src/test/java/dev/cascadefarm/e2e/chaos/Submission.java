package dev.cascadefarm.e2e.chaos;

/**
 * A job to submit.
 *
 * @param key by which the farm knows a repetition
 * @param seed of the job, by which the job is known where the answer was lost
 * @param patient whether the client asks again after an unknown outcome
 */
record Submission(String key, long seed, String body, boolean patient) {}
