package dev.virga.functions.lambda;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;

/**
 * Records what every SDK client of this JVM is permitted to do when it does it: actions of IAM and
 * their resources, such as {@code s3:GetObject bucket/repos/x.car}. The SDK finds this class by
 * {@code software/amazon/awssdk/global/handlers/execution.interceptors}.
 */
public final class RecordedCalls implements ExecutionInterceptor {
  private static final Set<Use> USES = new TreeSet<>();

  /** An action on a resource, in short: {@code table}, {@code bucket/key}, {@code parameter/x}. */
  record Use(String action, String resource) implements Comparable<Use> {
    @Override
    public int compareTo(Use other) {
      return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
      return action + " " + resource;
    }
  }

  /** What was recorded until now, and begins anew. */
  static Set<Use> take() {
    synchronized (USES) {
      Set<Use> taken = new TreeSet<>(USES);
      USES.clear();
      return taken;
    }
  }

  /** For what is called without a client of the SDK. */
  static void add(Use use) {
    synchronized (USES) {
      USES.add(use);
    }
  }

  @Override
  public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
    String service = attributes.getAttribute(SdkExecutionAttribute.SERVICE_NAME);
    String operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
    uses(service, operation, context.request()).forEach(RecordedCalls::add);
  }

  private static Stream<Use> uses(String service, String operation, SdkRequest request) {
    return switch (service) {
      case "DynamoDb" ->
          request instanceof TransactWriteItemsRequest transaction
              ? transaction.transactItems().stream().map(RecordedCalls::written)
              : Stream.of(new Use("dynamodb:" + operation, "table"));
      case "S3", "s3" -> objects(operation, request); // the second is what presigns
      case "ApiGatewayManagementApi" ->
          Stream.of(new Use("execute-api:ManageConnections", "connections/POST"));
      default -> Stream.of(new Use(service + ":" + operation, "?"));
    };
  }

  private static Use written(TransactWriteItem item) {
    return new Use(
        item.put() != null
            ? "dynamodb:PutItem"
            : item.update() != null
                ? "dynamodb:UpdateItem"
                : item.delete() != null ? "dynamodb:DeleteItem" : "dynamodb:ConditionCheckItem",
        "table");
  }

  private static Stream<Use> objects(String operation, SdkRequest request) {
    Function<String, Use> use = action -> new Use(action, "bucket/" + field(request, "Key"));
    return switch (operation) {
      case "ListObjectsV2" -> Stream.of(new Use("s3:ListBucket", "bucket"));
      case "HeadObject" -> Stream.of(use.apply("s3:GetObject"));
      case "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload" ->
          Stream.of(use.apply("s3:PutObject"));
      case "DeleteObjects" ->
          ((DeleteObjectsRequest) request)
              .delete().objects().stream()
                  .map(object -> new Use("s3:DeleteObject", "bucket/" + object.key()));
      case "CopyObject" -> {
        CopyObjectRequest copy = (CopyObjectRequest) request;
        yield Stream.of(
            new Use("s3:GetObject", "bucket/" + source(copy)),
            new Use("s3:PutObject", "bucket/" + copy.destinationKey()));
      }
      default -> Stream.of(use.apply("s3:" + operation));
    };
  }

  /** The key in {@code bucket/key}, however it was given. */
  private static String source(CopyObjectRequest copy) {
    @Nullable String key = copy.sourceKey();
    return key != null
        ? key
        : URLDecoder.decode(field(copy, "CopySource"), StandardCharsets.UTF_8)
            .replaceFirst("^/?[^/]*/", "");
  }

  private static String field(SdkRequest request, String name) {
    @Nullable String value = request.getValueForField(name, String.class).orElse(null);
    return value == null ? "" : value;
  }
}
