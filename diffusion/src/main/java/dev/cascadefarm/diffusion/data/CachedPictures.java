package dev.cascadefarm.diffusion.data;

import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Pictures that are kept once they were made, up to a number of bytes; those longest unused go
 * first. Not thread-safe.
 */
public final class CachedPictures implements CaptionedPictures {
  private final CaptionedPictures pictures;
  private final long maxBytes;
  private final Map<Key, HostTensor> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  public CachedPictures(CaptionedPictures pictures, long maxBytes) {
    this.pictures = pictures;
    this.maxBytes = maxBytes;
  }

  private record Key(long index, int side) {}

  @Override
  public long count() {
    return pictures.count();
  }

  @Override
  public String caption(long index) {
    return pictures.caption(index);
  }

  /** The caller must not write into the picture. */
  @Override
  public HostTensor picture(long index, int side) {
    Key key = new Key(index, side);
    HostTensor known = kept.get(key);
    if (known != null) {
      return known;
    }
    HostTensor picture = pictures.picture(index, side);
    kept.put(key, picture);
    bytes += bytes(picture);
    for (Iterator<HostTensor> oldest = kept.values().iterator(); bytes > maxBytes; ) {
      bytes -= bytes(oldest.next());
      oldest.remove();
    }
    return picture;
  }

  /** How much is kept. */
  long bytes() {
    return bytes;
  }

  private static long bytes(HostTensor picture) {
    return 4L * picture.data().length;
  }
}
