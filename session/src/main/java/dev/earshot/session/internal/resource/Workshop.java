package dev.earshot.session.internal.resource;

import dev.earshot.NetworkClock;
import dev.earshot.session.internal.stream.SideStreams;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * What transfers work with.
 *
 * @param clock the network's
 * @param queue the session's queue
 * @param callbacks the user's queue
 * @param disk the threads for files
 * @param streams the session's side streams
 * @param random a source of names
 * @param chunkSize how many bytes of a file are moved at once (checklist, item 131)
 */
public record Workshop(
    NetworkClock clock,
    Executor queue,
    Executor callbacks,
    Executor disk,
    SideStreams streams,
    RandomGenerator random,
    int chunkSize) {}
