package dev.virga.aws.s3;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.virga.aws.CallCounter;
import dev.virga.aws.Connection;
import dev.virga.aws.Faults;
import dev.virga.aws.LocalS3;
import dev.virga.aws.LocalServers;
import dev.virga.aws.Retries;
import dev.virga.pds.store.Objects.Metadata;
import dev.virga.pds.store.StoreException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What S3Objects do when S3 answers late or not at all, what they cost, and what they sign. */
class S3FaultsTest {
  private static final String NAME = "repos/did:plc:abc/3k2a.car";

  private final Faults faults = new Faults();
  private final CallCounter counter = new CallCounter();
  private final Connection connection = LocalServers.s3().connect(counter, faults);
  private final BucketOptions options = LocalS3.newBucket(connection);
  private final S3Client client = S3Objects.client(connection, options);
  private final S3Objects objects = objects(options);

  private S3Objects objects(BucketOptions bucket) {
    Retries impatient = new Retries(new Random(1), _ -> {}, System::nanoTime);
    return new S3Objects(
        client, S3Objects.presigner(connection, bucket), bucket, impatient, new Random());
  }

  @AfterEach
  void close() {
    client.close();
    connection.close();
  }

  @Test
  void knowsItsOwnPutWhenTheAnswerWasLost() {
    faults.loseAnswer("PutObject");

    assertThat(objects.putIfAbsent(NAME, text("mine"), Metadata.NONE)).isTrue();
    assertThat(faults.happened()).isTrue();
    assertThat(counter.calls("PutObject")).isEqualTo(2);
    assertThat(objects.metadata(NAME)).contains(Metadata.NONE);
  }

  @Test
  void knowsThatAnotherWonWhenTheAnswerWasLost() {
    assertThat(objects.putIfAbsent(NAME, text("theirs"), Metadata.NONE)).isTrue();
    faults.refuse("PutObject", Faults::timeout);

    assertThat(objects.putIfAbsent(NAME, text("theirs"), Metadata.NONE)).isFalse();
    assertThat(faults.happened()).isTrue();
  }

  @Test
  void triesAgainAfterARace() {
    faults.refuse("PutObject", refusal(409, "ConditionalRequestConflict"));
    faults.refuse("PutObject", refusal(503, "SlowDown"));

    assertThat(objects.putIfAbsent(NAME, text("mine"), Metadata.NONE)).isTrue();
    assertThat(counter.calls("PutObject")).isEqualTo(3);
    assertThat(counter.calls("HeadObject")).isZero();
  }

  @Test
  void asksOnlyOnceForWhatIsTaken() {
    objects.putIfAbsent(NAME, text("first"), Metadata.NONE);
    counter.reset();

    assertThat(objects.putIfAbsent(NAME, text("second"), Metadata.NONE)).isFalse();
    assertThat(counter.calls()).isEqualTo(Map.of("PutObject", 1));
  }

  @Test
  void givesUpWhatIsForbidden() {
    faults.refuse("GetObject", refusal(403, "AccessDenied"));

    assertThatThrownBy(() -> objects.get(NAME))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("get of " + NAME)
        .hasMessageContaining("AccessDenied");
    assertThat(counter.calls("GetObject")).isEqualTo(1);
  }

  @Test
  void saysThatTheBucketIsMissing() {
    S3Objects lost = objects(BucketOptions.compatible("no-such-bucket"));

    assertThatThrownBy(() -> lost.get(NAME)).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> lost.list("", null)).isInstanceOf(StoreException.class);
  }

  @Test
  void storesALongStreamInParts() throws Exception {
    byte[] content = new byte[(20 << 20) + 1];
    new Random(3).nextBytes(content);
    faults.loseAnswer("UploadPart");

    assertThat(objects.putStream(NAME, new ByteArrayInputStream(content), Metadata.NONE))
        .isEqualTo(content.length);
    assertThat(objects.get(NAME).orElseThrow()).isEqualTo(content);
    assertThat(counter.calls("UploadPart")).isEqualTo(4);
    assertThat(uploads()).isZero();
  }

  @Test
  void needsNoEmptyPartAtTheEnd() throws Exception {
    byte[] content = new byte[2 * options.partBytes()];

    assertThat(objects.putStream(NAME, new ByteArrayInputStream(content), Metadata.NONE))
        .isEqualTo(content.length);
    assertThat(counter.calls("UploadPart")).isEqualTo(2);
    assertThat(objects.size(NAME)).contains((long) content.length);
  }

  @Test
  void knowsItsOwnUploadWhenTheAnswerWasLost() throws Exception {
    faults.loseAnswer("CompleteMultipartUpload");
    byte[] content = new byte[9 << 20];

    assertThat(objects.putStream(NAME, new ByteArrayInputStream(content), Metadata.NONE))
        .isEqualTo(content.length);
    assertThat(objects.size(NAME)).contains((long) content.length);
    assertThat(counter.calls("AbortMultipartUpload")).isZero();
  }

  @Test
  void leavesNoPartsOfAStreamThatBroke() {
    InputStream start = new ByteArrayInputStream(new byte[9 << 20]);
    InputStream broken = new SequenceInputStream(start, new DeadLine());

    assertThatThrownBy(() -> objects.putStream(NAME, broken, Metadata.NONE))
        .isInstanceOf(IOException.class)
        .hasMessage("the line went dead");
    assertThat(counter.calls("AbortMultipartUpload")).isEqualTo(1);
    assertThat(uploads()).isZero();
  }

  @Test
  void abortsAnUploadThatIsRefused() {
    faults.refuse("UploadPart", refusal(403, "AccessDenied"));

    assertThatThrownBy(
            () ->
                objects.putStream(NAME, new ByteArrayInputStream(new byte[9 << 20]), Metadata.NONE))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("part 1 of " + NAME);
    assertThat(uploads()).isZero();
  }

  /** A stream of which nothing can be read. */
  private static final class DeadLine extends InputStream {
    @Override
    public int read() throws IOException {
      throw new IOException("the line went dead");
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      throw new IOException("the line went dead");
    }
  }

  private int uploads() {
    return client.listMultipartUploads(r -> r.bucket(options.bucket())).uploads().size();
  }

  @Test
  void dropsAConnectionThatIsClosedEarlyAndGoesOn() throws Exception {
    byte[] content = new byte[5 << 20];
    objects.putIfAbsent(NAME, content, Metadata.NONE);
    for (int i = 0; i < 200; i++) { // more than there are connections
      try (var opened = objects.open(NAME).orElseThrow()) {
        assertThat(opened.content().read()).isZero();
      }
    }
    assertThat(objects.get(NAME).orElseThrow()).hasSize(content.length);
  }

  @Test
  void signsUrlsThatAnyoneCanRead() throws Exception {
    objects.putIfAbsent(NAME, text("public"), Metadata.NONE);
    URI url = objects.publicUrl(NAME, Duration.ofMinutes(5)).orElseThrow();

    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = fetch(http, url);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("public");
      URI forged = URI.create(url.toString().replace("3k2a", "3k2b"));
      assertThat(fetch(http, forged).statusCode()).isEqualTo(403);
    }
    assertThat(counter.calls("GetObject")).isZero();
  }

  private static HttpResponse<String> fetch(HttpClient http, URI url) throws Exception {
    return http.send(
        HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString(UTF_8));
  }

  @Test
  void signsNothingForLongerThanAWeek() {
    for (Duration bad :
        new Duration[] {Duration.ZERO, Duration.ofDays(8), Duration.ofSeconds(-1)}) {
      assertThatThrownBy(() -> objects.publicUrl(NAME, bad))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void refusesPartsThatS3DoesNotTake() {
    assertThatThrownBy(() -> new BucketOptions("b", true, 1 << 20))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> BucketOptions.aws("")).isInstanceOf(IllegalArgumentException.class);
    assertThat(BucketOptions.aws("b").pathStyle()).isFalse();
  }

  private static Supplier<SdkException> refusal(int status, String code) {
    return () ->
        S3Exception.builder()
            .statusCode(status)
            .message(code)
            .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage(code).build())
            .build();
  }

  private static byte[] text(String text) {
    return text.getBytes(UTF_8);
  }
}
