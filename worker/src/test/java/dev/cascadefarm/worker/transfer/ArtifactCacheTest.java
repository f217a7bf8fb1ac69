package dev.cascadefarm.worker.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArtifactCacheTest {

  @Test
  void put_beyondTheCapacity_dropsWhatWasUsedLongestAgo() {
    ArtifactCache cache = new ArtifactCache(40);
    for (String key : new String[] {"a", "b", "c", "d"}) {
      cache.put(key, new byte[10]);
    }
    assertThat(cache.get("a")).isNotNull();
    cache.put("e", new byte[10]);

    assertThat(cache.get("b")).isNull();
    assertThat(cache.get("a")).isNotNull();
    assertThat(cache.bytes()).isEqualTo(40);
  }

  @Test
  void put_sameKeyAgain_countsOnce() {
    ArtifactCache cache = new ArtifactCache(100);
    cache.put("a", new byte[20]);
    cache.put("a", new byte[20]);

    assertThat(cache.bytes()).isEqualTo(20);
  }

  @Test
  void put_objectThatWouldCrowdOutTheRest_isNotKept() {
    ArtifactCache cache = new ArtifactCache(40);
    cache.put("large", new byte[11]);

    assertThat(cache.get("large")).isNull();
    assertThat(cache.bytes()).isZero();
  }

  @Test
  void put_withoutCapacity_keepsNothing() {
    ArtifactCache cache = new ArtifactCache(0);
    cache.put("a", new byte[1]);

    assertThat(cache.get("a")).isNull();
  }
}
