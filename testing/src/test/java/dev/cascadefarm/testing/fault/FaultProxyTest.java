package dev.cascadefarm.testing.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.testing.Eventually;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultProxyTest {
  private CountingServer server;
  private FaultProxy proxy;
  private Talk talk;

  @BeforeEach
  void open() throws IOException {
    server = new CountingServer();
    proxy = FaultProxy.redis(server.url(), Map.of(), 1);
    talk = new Talk(proxy.url());
  }

  @AfterEach
  void close() throws IOException {
    talk.close();
    proxy.close();
    server.close();
  }

  @Test
  void untold_changesNothingAndCounts() throws IOException {
    assertThat(talk.ask()).isEqualTo(":1");
    assertThat(talk.ask()).isEqualTo(":2");
    assertThat(proxy.seen("PING")).isEqualTo(2);
    assertThat(proxy.struck()).isZero();
  }

  @Test
  void latency_delaysBothWays() throws IOException {
    proxy.link(Link.CLEAR.withLatency(Duration.ofMillis(50), Duration.ofMillis(10)));
    long start = System.nanoTime();
    assertThat(talk.ask()).isEqualTo(":1");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(95));
  }

  @Test
  void latency_keepsTheOrderOfPipelinedRequests() throws IOException {
    proxy.link(Link.CLEAR.withLatency(Duration.ofMillis(1), Duration.ofMillis(20)));
    for (int i = 0; i < 50; i++) {
      talk.say();
    }
    for (int i = 1; i <= 50; i++) {
      assertThat(talk.hear()).isEqualTo(":" + i);
    }
  }

  @Test
  void bytesPerSecond_takesItsTime() throws IOException {
    proxy.link(Link.CLEAR.withBytesPerSecond(140));
    long start = System.nanoTime();
    assertThat(talk.ask()).isEqualTo(":1");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(100));
  }

  @Test
  void slice_passesEverythingByteByByte() throws IOException {
    proxy.link(Link.CLEAR.withSlice(1));
    for (int i = 1; i <= 100; i++) {
      assertThat(talk.ask()).isEqualTo(":" + i);
    }
  }

  @Test
  void silenceOfReplies_requestArrivesAndNothingComesBack() throws IOException {
    proxy.link(Link.CLEAR.withSilence(Link.Silence.REPLIES));
    talk.waitAtMost(200);
    assertThatThrownBy(talk::ask).isInstanceOf(SocketTimeoutException.class);
    Eventually.holds("arrived", () -> server.requests.get() == 1);
  }

  @Test
  void silence_ofAConnection_lastsBeyondCalmButNewOnesWork() throws IOException {
    proxy.link(Link.CLEAR.withSilence(Link.Silence.BOTH));
    talk.say();
    Eventually.holds("arrived", () -> proxy.seen("PING") == 1);
    proxy.calm();
    talk.waitAtMost(200);
    assertThatThrownBy(talk::ask).isInstanceOf(SocketTimeoutException.class);
    try (Talk other = new Talk(proxy.url())) {
      assertThat(other.ask()).isEqualTo(":1");
    }
  }

  @Test
  void silence_ofOneConnection_leavesTheOther() throws IOException {
    proxy.rules(Rule.all(Dose.first(1), new Mishap.Silence(true)));
    try (Talk other = new Talk(proxy.url())) {
      talk.waitAtMost(200);
      assertThatThrownBy(talk::ask).isInstanceOf(SocketTimeoutException.class);
      assertThat(other.ask()).isEqualTo(":2");
    }
  }

  @Test
  void cut_closesAllAndRefusesUntilCalm() throws IOException {
    assertThat(talk.ask()).isEqualTo(":1");
    proxy.cut();
    assertThatThrownBy(talk::ask).isInstanceOf(SocketException.class).hasMessageContaining("reset");
    try (Talk refused = new Talk(proxy.url())) {
      assertThatThrownBy(refused::ask).isInstanceOf(SocketException.class);
    }
    proxy.calm();
    try (Talk welcome = new Talk(proxy.url())) {
      assertThat(welcome.ask()).isEqualTo(":2");
    }
  }

  @Test
  void replyLost_requestCountedAndConnectionReset() throws IOException {
    proxy.rules(Rule.on("PING", Dose.only(2), Mishap.replyLost()));
    assertThat(talk.ask()).isEqualTo(":1");
    assertThatThrownBy(talk::ask).isInstanceOf(SocketException.class);
    assertThat(server.requests).hasValue(2);
    assertThat(proxy.struck("PING")).isEqualTo(1);
    Eventually.holds("closed", () -> proxy.open() == 0);
  }

  @Test
  void requestCut_serverNeverHasItWhole() throws IOException {
    proxy.rules(Rule.all(Dose.always(), new Mishap.RequestCut(5)));
    assertThatThrownBy(talk::ask).isInstanceOf(SocketException.class);
    Eventually.holds("closed", () -> proxy.open() == 0);
    assertThat(server.requests).hasValue(0);
  }

  @Test
  void stuck_serverNeverHasItWholeAndNobodyIsTold() throws IOException {
    proxy.rules(Rule.all(Dose.first(1), new Mishap.Stuck()));
    talk.waitAtMost(200);
    assertThatThrownBy(talk::ask).isInstanceOf(SocketTimeoutException.class);
    assertThat(proxy.open()).isEqualTo(1);
    assertThat(server.requests).hasValue(0);
  }

  @Test
  void repeat_serverGetsItTwiceAndClientHearsTheSecond() throws IOException {
    proxy.rules(Rule.all(Dose.first(1), new Mishap.Repeat()));
    assertThat(talk.ask()).isEqualTo(":2");
    assertThat(talk.ask()).isEqualTo(":3");
  }

  @Test
  void answer_comesInItsTurnAndServerNeverHears() throws IOException {
    proxy.rules(Rule.all(Dose.only(2), Mishap.redisError("LOADING not yet")));
    proxy.link(Link.CLEAR.withLatency(Duration.ofMillis(20), Duration.ZERO));
    for (int i = 0; i < 3; i++) {
      talk.say();
    }
    assertThat(talk.hear()).isEqualTo(":1");
    assertThat(talk.hear()).isEqualTo("-LOADING not yet");
    assertThat(talk.hear()).isEqualTo(":2");
  }

  @Test
  void hold_arrivesOnReleaseThoughItsClientHasLeft() throws IOException {
    proxy.rules(Rule.all(Dose.first(1), new Mishap.Hold()));
    talk.say();
    Eventually.holds("arrived", () -> proxy.seen("PING") == 1);
    talk.close();
    try (Talk other = new Talk(proxy.url())) {
      assertThat(other.ask()).isEqualTo(":1");
    }
    proxy.release();
    Eventually.holds("arrived", () -> server.requests.get() == 2);
  }

  @Test
  void spoil_turnsOneBitOfTheReply() throws IOException {
    proxy.rules(Rule.all(Dose.always(), new Mishap.Spoil()));
    talk.say();
    talk.close();
    Eventually.holds("arrived", () -> server.requests.get() == 1);
    assertThat(proxy.struck()).isEqualTo(1);
  }

  @Test
  void share_sameSeedSameFate() throws IOException {
    assertThat(fates(7)).isEqualTo(fates(7)).contains("-BUSY").contains(":");
  }

  private String fates(long seed) throws IOException {
    StringBuilder fates = new StringBuilder();
    try (FaultProxy seeded = FaultProxy.redis(server.url(), Map.of(), seed);
        Talk own = new Talk(seeded.url())) {
      seeded.rules(Rule.all(Dose.share(0.5), Mishap.redisError("BUSY")));
      for (int i = 0; i < 40; i++) {
        fates.append(String.valueOf(own.ask()).replaceAll("\\d+", "n"));
      }
    }
    return fates.toString();
  }
}
