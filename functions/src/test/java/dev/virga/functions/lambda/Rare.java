package dev.virga.functions.lambda;

import java.util.List;

/** Grants that {@link RolesTest} sees no use of, each with the reason why it is needed. */
final class Rare {
  /**
   * An occasion that the test does not bring about.
   *
   * @param functions whose; an asterisk for all
   * @param grant as {@link Grants.Grant#toString} has it
   */
  private record Occasion(String functions, String grant, String reason) {
    boolean isOf(String function, Grants.Grant unused) {
      return (functions.equals("*") || List.of(functions.split(" ")).contains(function))
          && grant.equals(unused.toString());
    }
  }

  private static final String NOT_FOUND = "a read of what is not there is a 403 without it";
  private static final String CRASH = "whoever meets a large commit cut short finishes it";
  private static final String BROKEN = "what arrived of an upload that broke off is removed";
  private static final String PATHS = "SSM asks for the path with and without what is below it";
  private static final String FAN_OUT = "only with subscribers of the WebSocket API";

  private static final List<Occasion> OCCASIONS =
      List.of(
          new Occasion("*", "s3:ListBucket bucket", NOT_FOUND),
          new Occasion("*", "ssm:GetParametersByPath parameter/virga/test/*", PATHS),
          new Occasion("Read", "dynamodb:PutItem table", CRASH),
          new Occasion("Read", "dynamodb:UpdateItem table", CRASH),
          new Occasion("Read", "dynamodb:DeleteItem table", CRASH),
          new Occasion("Read", "dynamodb:ConditionCheckItem table", CRASH),
          new Occasion("Read", "s3:DeleteObject bucket/repos/*", CRASH),
          new Occasion("Read", "s3:AbortMultipartUpload bucket/tmp/answers/*", BROKEN),
          new Occasion("Write", "s3:AbortMultipartUpload bucket/blobs/*", BROKEN),
          new Occasion("Write", "s3:DeleteObject bucket/blobs/*", BROKEN),
          new Occasion("Write", "s3:AbortMultipartUpload bucket/repos/*", BROKEN),
          new Occasion("Stream", "s3:DeleteObject bucket/accounts/*", "when a newer one is there"),
          new Occasion("Account Admin", "s3:GetObject bucket/repos/*", CRASH),
          new Occasion("Stream", "dynamodb:ConditionCheckItem table", FAN_OUT),
          new Occasion("Stream", "s3:GetObject bucket/repos/*", FAN_OUT),
          new Occasion("Stream", "execute-api:ManageConnections connections/POST", FAN_OUT),
          new Occasion("Stream", "execute-api:ManageConnections connections/DELETE", FAN_OUT),
          new Occasion("Stream", "lambda:InvokeFunction subscribers", FAN_OUT));

  private Rare() {}

  /** Whether the grant is known to be used on occasions that the test does not bring about. */
  static boolean isExpected(String function, Grants.Grant grant) {
    // It works on what is hours old or was left by a crash, of which there is nothing here.
    return function.equals("Maintenance")
        || OCCASIONS.stream().anyMatch(occasion -> occasion.isOf(function, grant));
  }
}
