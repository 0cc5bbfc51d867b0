@NullMarked
package dev.earshot.architecture.samples.session;

import org.jspecify.annotations.NullMarked;
