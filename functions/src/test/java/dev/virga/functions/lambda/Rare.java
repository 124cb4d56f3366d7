package dev.virga.functions.lambda;

import java.util.List;

/** Grants that {@link RolesTest} sees no use of, each with the reason why it is needed. */
final class Rare {
  /**
   * An occasion that the test does not bring about.
   *
   * @param functions whose, between spaces
   * @param grant as {@link Grants.Grant#toString} has it
   */
  private record Occasion(String functions, String grant, String reason) {
    boolean isOf(String function) {
      return List.of(functions.split(" ")).contains(function);
    }
  }

  private static final String ALL =
      "Read Write Account Admin Proxy Stream WebSocket Maintenance Secrets";
  private static final String NOT_FOUND = "a read of what is not there is a 403 without it";
  private static final String CRASH = "whoever meets a large commit cut short finishes it";
  private static final String CRASH_OF_A_DELETION = "a deletion cut short is finished";
  private static final String STRAY = "what a dead process stored is looked at before it goes";
  private static final String LOST = "whether a put whose answer got lost was done";
  private static final String BROKEN = "what arrived of an upload that broke off is removed";
  private static final String PATHS = "SSM asks for the path with and without what is below it";

  private static final List<Occasion> OCCASIONS =
      List.of(
          new Occasion("Read Write WebSocket", "s3:ListBucket bucket", NOT_FOUND),
          new Occasion(ALL, "ssm:GetParametersByPath parameter/virga/test/*", PATHS),
          new Occasion("Read", "dynamodb:PutItem table", CRASH),
          new Occasion("Read", "dynamodb:UpdateItem table", CRASH),
          new Occasion("Read", "dynamodb:DeleteItem table", CRASH),
          new Occasion("Read", "dynamodb:ConditionCheckItem table", CRASH),
          new Occasion("Read", "s3:DeleteObject bucket/repos/*", CRASH),
          new Occasion("Read", "s3:AbortMultipartUpload bucket/tmp/answers/*", BROKEN),
          new Occasion("Write", "s3:AbortMultipartUpload bucket/blobs/*", BROKEN),
          new Occasion("Write", "s3:DeleteObject bucket/blobs/*", BROKEN),
          new Occasion("Write", "s3:AbortMultipartUpload bucket/repos/*", BROKEN),
          new Occasion("Write", "s3:GetObject bucket/blobs/*", LOST),
          new Occasion("Stream Maintenance", "s3:GetObject bucket/accounts/*", LOST),
          new Occasion("Maintenance", "s3:AbortMultipartUpload bucket/repos/*", BROKEN),
          new Occasion("Maintenance", "s3:DeleteObject bucket/quarantine/*", CRASH_OF_A_DELETION),
          new Occasion("Maintenance", "s3:GetObject bucket/blobs/*", STRAY),
          new Occasion("Maintenance", "s3:GetObject bucket/quarantine/*", STRAY),
          new Occasion("Account Admin", "s3:GetObject bucket/repos/*", CRASH));

  private Rare() {}

  /** Whether the grant is known to be used on occasions that the test does not bring about. */
  static boolean isExpected(String function, Grants.Grant grant) {
    return of(function).contains(grant.toString());
  }

  /** The grants of a function that the test sees no use of. */
  static List<String> of(String function) {
    return OCCASIONS.stream()
        .filter(occasion -> occasion.isOf(function))
        .map(Occasion::grant)
        .toList();
  }
}
