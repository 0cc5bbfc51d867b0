/** A session: peers that find each other, connect once, and exchange messages and files. */
module dev.earshot.session {
  requires transitive dev.earshot;
  requires com.google.protobuf;
  requires static org.jspecify;

  exports dev.earshot.session;
}
