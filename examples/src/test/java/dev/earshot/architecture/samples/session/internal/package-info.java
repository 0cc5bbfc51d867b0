@NullMarked
package dev.earshot.architecture.samples.session.internal;

import org.jspecify.annotations.NullMarked;
