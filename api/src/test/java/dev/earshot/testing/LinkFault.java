package dev.earshot.testing;

/**
 * What can go wrong on a {@link MemoryWire}, by name.
 *
 * <p>A fault is planned for connections yet to be made, or strikes those that are up.
 */
public enum LinkFault {
  /** What the dialling side sends is never answered. */
  DROP_DIAL(Stage.DIAL),
  /** Nobody listens. */
  REFUSE(Stage.DIAL),
  /** The dialled side accepts, and then says nothing. */
  NEVER_ANSWER_HANDSHAKE(Stage.HANDSHAKE),
  /** Both sides find that their keys differ. */
  WRONG_KEY(Stage.HANDSHAKE),
  /** The dialled side goes away in the middle of the handshake. */
  CUT_DURING_HANDSHAKE(Stage.HANDSHAKE),
  /** Everything takes half a second longer from now on. */
  DELAY(Stage.FLOW),
  /** Packets are lost from now on, one in two, and sent again: what follows waits for them. */
  DROP(Stage.FLOW),
  /** Packets come twice from now on; the copy is recognised and dropped. */
  DUPLICATE(Stage.FLOW),
  /** Packets overtake each other from now on, and are put in order again. */
  REORDER(Stage.FLOW),
  /** The next content that arrives on each side has lost its end, and the connection is lost. */
  TRUNCATE(Stage.FLOW),
  /** Nothing arrives any more, in either direction, and nobody is told. */
  STALL(Stage.FLOW),
  /** Both sides lose the connection. */
  CUT(Stage.FLOW),
  /** Both sides read the end of the stream, and may go on sending. */
  HALF_CLOSE(Stage.FLOW),
  /** Both sides receive what breaks the rules of the protocol. */
  CORRUPT(Stage.FLOW),
  /** Both sides read the end of the stream, and the connection is over in order. */
  FAREWELL(Stage.FLOW);

  /** When a fault takes effect. */
  public enum Stage {
    /** Before the connecting side knows that somebody is there. */
    DIAL,
    /** Between that and being ready. */
    HANDSHAKE,
    /** Once both sides are ready. */
    FLOW
  }

  private final Stage stage;

  LinkFault(Stage stage) {
    this.stage = stage;
  }

  /** When it takes effect. */
  public Stage stage() {
    return stage;
  }
}
