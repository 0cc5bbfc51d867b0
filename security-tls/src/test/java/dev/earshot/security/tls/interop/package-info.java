/**
 * The table of who can talk with whom, in docs/security.md, made by running each pair.
 *
 * <p>To add rows: a public class with a static list of {@link dev.earshot.security.tls.interop.Row}
 * beside the tests that it uses, and one line in {@code InteropTableInteropTest}.
 */
package dev.earshot.security.tls.interop;
