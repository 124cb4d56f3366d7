package dev.virga.host.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TrustedProxiesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "203.0.113.9 | ''                          | 203.0.113.9",
        "203.0.113.9 | 198.51.100.1                | 203.0.113.9",
        "127.0.0.1   | 198.51.100.1                | 198.51.100.1",
        "127.0.0.1   | 6.6.6.6, 198.51.100.1       | 198.51.100.1",
        "127.0.0.1   | 198.51.100.1, 10.0.0.7      | 198.51.100.1",
        "10.1.2.3    | 198.51.100.1, 192.168.0.1   | 198.51.100.1",
        "172.16.0.1  | 2001:db8::1                 | 2001:db8::1",
        "172.15.0.1  | 198.51.100.1                | 172.15.0.1",
        "::1         | 198.51.100.1                | 198.51.100.1",
        "fd00::5     | 198.51.100.1                | 198.51.100.1",
        "fe80::5     | 198.51.100.1                | 198.51.100.1",
        "2001:db8::2 | 198.51.100.1                | 2001:db8::2",
        "127.0.0.1   | unknown                     | 127.0.0.1",
        "127.0.0.1   | 198.51.100.1, garbage       | 127.0.0.1",
        "127.0.0.1   | 10.0.0.1                    | 10.0.0.1",
        "127.0.0.1   | example.com                 | 127.0.0.1",
      })
  void theNearestAddressThatIsNoProxyOfOursIsTheCaller(
      String peer, String forwardedFor, String caller) {
    assertThat(TrustedProxies.caller(peer, List.of(forwardedFor))).isEqualTo(caller);
  }

  @Test
  void repeatedHeadersCountAsOne() {
    assertThat(TrustedProxies.caller("127.0.0.1", List.of("6.6.6.6", "198.51.100.1, 10.0.0.1")))
        .isEqualTo("198.51.100.1");
  }

  @Test
  void anEndlessListOfHopsIsNotFollowed() {
    String hops = "10.0.0.1,".repeat(5_000) + "10.0.0.2";
    assertThat(TrustedProxies.caller("127.0.0.1", List.of("6.6.6.6," + hops)))
        .isEqualTo("10.0.0.1");
  }
}
