package dev.earshot.architecture.samples.internal;

/** Says what it is made of. */
abstract class AbstractPipe {}
