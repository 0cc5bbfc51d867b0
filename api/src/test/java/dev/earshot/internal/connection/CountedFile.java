package dev.earshot.internal.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A file of another kind than the JDK's, which counts what is read and permits nothing else. */
final class CountedFile extends FileChannel {
  private final FileChannel file;
  private long bytesRead;

  CountedFile(FileChannel file) {
    this.file = file;
  }

  long bytesRead() {
    return bytesRead;
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    int count = file.read(target, position);
    bytesRead += Math.max(0, count);
    return count;
  }

  @Override
  public long size() throws IOException {
    return file.size();
  }

  @Override
  protected void implCloseChannel() {
    throw new UnsupportedOperationException("not by the library");
  }

  @Override
  public int read(ByteBuffer target) {
    throw new UnsupportedOperationException("it would move");
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) {
    throw new UnsupportedOperationException("it would move");
  }

  @Override
  public int write(ByteBuffer source) {
    throw new UnsupportedOperationException("it is read only");
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) {
    throw new UnsupportedOperationException("it is read only");
  }

  @Override
  public int write(ByteBuffer source, long position) {
    throw new UnsupportedOperationException("it is read only");
  }

  @Override
  public long position() {
    throw new UnsupportedOperationException("nobody's business");
  }

  @Override
  public FileChannel position(long position) {
    throw new UnsupportedOperationException("it would move");
  }

  @Override
  public FileChannel truncate(long size) {
    throw new UnsupportedOperationException("it is read only");
  }

  @Override
  public void force(boolean metaData) {
    throw new UnsupportedOperationException("it is read only");
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException("not of this one");
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw new UnsupportedOperationException("it is read only");
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException("not of this one");
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException("not of this one");
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException("not of this one");
  }
}
