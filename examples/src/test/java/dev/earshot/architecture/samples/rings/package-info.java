/** Bad tests, and good ones. Surefire is told to leave them alone. */
@NullMarked
package dev.earshot.architecture.samples.rings;

import org.jspecify.annotations.NullMarked;
