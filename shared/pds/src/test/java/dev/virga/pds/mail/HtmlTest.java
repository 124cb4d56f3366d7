package dev.virga.pds.mail;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HtmlTest {
  @Test
  void whatMeansSomethingIsEscaped() {
    assertThat(Html.escape("<a href=\"x\" b='y'>&amp; ü ☁</a>"))
        .isEqualTo("&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp; ü ☁&lt;/a&gt;");
  }

  @ParameterizedTest
  @ValueSource(strings = {"<p>x", "x <b>y</b>", "x<br/>y", "</p>"})
  void htmlIsKnownByItsTags(String text) {
    assertThat(Html.isIn(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "a < b", "1 <2> 3", "<", "<a", "<3", "->", "> a < b"})
  void textIsNoHtml(String text) {
    assertThat(Html.isIn(text)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<p>Hello,</p><p>there</p> | Hello,\\n\\nthere",
        "a<br>b<br/><br />c | a\\nb\\n\\nc",
        "<h1>A</h1>b | A\\n\\nb",
        "<ul><li>a</li><li>b</li></ul>c | - a\\n- b\\n\\nc",
        "<table><tr><td>a</td></tr><tr><td>b</td></tr></table> | a\\nb",
        "<b>a</b>  \\n  <i>b</i> | a b",
        "<a href=\"https://x.example/?a=1&amp;b=2\">here</a> | here (https://x.example/?a=1&b=2)",
        "<a class=x href='y'>here</a> now | here (y) now",
        "<a name=z>here</a> | here",
        "&lt;p&gt; &amp;amp; &quot;x&#39;&nbsp;&unknown; & | <p> &amp; \"x' &unknown; &",
        "<style>p{color:red}</style>a<script>alert('<p>')</script>b | ab",
        "<STYLE>x</Style>a | a",
        "a<!-- <p>no</p> -->b | ab",
        "<!doctype html><html><head><title>t</title></head><body>a</body></html> | a",
        "a < b > c | a < b > c",
        "a <b | a <b",
        "a<!-- b | a<!-- b",
        "<script>a | ''",
        "<a href= | <a href=",
        "<a href=>x</a> | x",
      })
  void aTextReadsAsTheHtmlLooks(String html, String text) {
    assertThat(Html.toText(html.replace("\\n", "\n"))).isEqualTo(text.replace("\\n", "\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"<", "<a", "<a<", "&", "<!--", "<br>", "<p>", "</", "<a href=", "<li>"})
  void noInputTakesLong(String piece) {
    String hostile = piece.repeat(150_000 / piece.length());
    assertThat(Html.toText(hostile).length()).isLessThanOrEqualTo(hostile.length());
    assertThat(Html.toText(hostile + "x>").length()).isLessThanOrEqualTo(hostile.length() + 2);
    assertThat(Html.toText("<br>".repeat(9_000) + "x" + "<p>".repeat(9_000))).isEqualTo("x");
    assertThat(Html.isIn(piece.repeat(10_000) + "<b>")).isTrue();
  }
}
