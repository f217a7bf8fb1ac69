package dev.cascadefarm.testing.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProtocolTest {
  private static final String SHA_OF_ABC = "a9993e364706816aba3e25717850c26c9cd0d89d";
  private static final Protocol RESP = new RespProtocol(Map.of(SHA_OF_ABC, "claim"));
  private static final Protocol HTTP = new HttpProtocol();
  private static final Call GET = new Call("GET", "/a");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+OK\r\n",
        "-ERR no\r\n",
        ":12\r\n",
        "$-1\r\n",
        "$0\r\n\r\n",
        "$4\r\na\r\nb\r\n",
        "*0\r\n",
        "*-1\r\n",
        "*2\r\n*1\r\n:1\r\n$1\r\nx\r\n"
      })
  void respLength_ofAnyBeginning_onlyTheWholeIsEnough(String whole) {
    assertWhole(RESP, whole);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"
      })
  void httpLength_ofAnyBeginning_onlyTheWholeIsEnough(String whole) {
    assertWhole(HTTP, whole);
  }

  private static void assertWhole(Protocol protocol, String whole) {
    for (int i = 0; i < whole.length(); i++) {
      assertThat(protocol.replyLength(Buffer.buffer(whole.substring(0, i)), GET))
          .as(whole.substring(0, i))
          .isEqualTo(Protocol.INCOMPLETE);
    }
    assertThat(protocol.replyLength(Buffer.buffer(whole + whole), GET)).isEqualTo(whole.length());
  }

  @Test
  void httpReplyToHead_hasNoBody() {
    String head = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n";
    assertThat(HTTP.replyLength(Buffer.buffer(head), new Call("HEAD", "/a")))
        .isEqualTo(head.length());
  }

  @Test
  void httpCall_isMethodAndPath() {
    String request = "PUT /b/k?x=1 HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi";
    assertThat(HTTP.requestLength(Buffer.buffer(request))).isEqualTo(request.length());
    assertThat(HTTP.call(Buffer.buffer(request))).isEqualTo(new Call("PUT", "/b/k?x=1"));
  }

  @Test
  void respCall_knowsScriptsByDigestAndByText() {
    assertThat(RESP.call(request("evalsha", SHA_OF_ABC))).isEqualTo(new Call("claim", "EVALSHA"));
    assertThat(RESP.call(request("EVAL", "abc"))).isEqualTo(new Call("claim", "EVAL"));
    assertThat(RESP.call(request("EVAL", "abcd"))).isEqualTo(new Call("EVAL", "EVAL"));
    assertThat(RESP.call(request("ping", "x"))).isEqualTo(new Call("PING", "PING"));
  }

  private static Buffer request(String command, String argument) {
    return Buffer.buffer(
        "*2\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n"
            .formatted(command.length(), command, argument.length(), argument));
  }

  @Test
  void respGarbage_refused() {
    assertThatThrownBy(() -> RESP.requestLength(Buffer.buffer("GET / HTTP/1.1\r\n")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("expected");
  }
}
