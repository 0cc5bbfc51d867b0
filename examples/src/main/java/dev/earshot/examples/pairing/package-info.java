/** Two sides that pair by a code and then talk with the key that came of it. */
@org.jspecify.annotations.NullMarked
package dev.earshot.examples.pairing;
