@NullMarked
package dev.earshot.architecture.samples.transport.netty;

import org.jspecify.annotations.NullMarked;
