/** Files on their way between peers. */
@NullMarked
package dev.earshot.session.internal.resource;

import org.jspecify.annotations.NullMarked;
