@NullMarked
package dev.earshot.architecture.samples.spi;

import org.jspecify.annotations.NullMarked;
