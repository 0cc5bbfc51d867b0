@NullMarked
package dev.earshot.architecture.samples;

import org.jspecify.annotations.NullMarked;
