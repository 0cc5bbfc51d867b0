package dev.earshot.architecture.samples.session;

import dev.earshot.architecture.samples.session.internal.LiveSession;

/** Looks inwards, and is not the door. */
interface Prying {
  LiveSession live();
}
