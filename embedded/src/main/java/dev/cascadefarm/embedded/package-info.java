/**
 * The services of a farm that runs on one machine: a Redis child process and an S3 store on the
 * file system, both on the loopback interface, both durable in one data directory that belongs to
 * one farm at a time. Everything here is plain blocking Java; call it from a start-up thread, never
 * from an event loop.
 */
@NullMarked
package dev.cascadefarm.embedded;

import org.jspecify.annotations.NullMarked;
