package dev.earshot.architecture.samples;

/** A secret that prints itself. */
record ApiKey(String secret) {}
