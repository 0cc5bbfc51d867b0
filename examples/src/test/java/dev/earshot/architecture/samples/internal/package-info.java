@NullMarked
package dev.earshot.architecture.samples.internal;

import org.jspecify.annotations.NullMarked;
