package dev.virga.functions.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.virga.aws.AwsEnvironment;
import dev.virga.aws.secrets.SsmParameters;
import dev.virga.functions.lambda.event.ResourceEvent;
import dev.virga.pds.config.FreshSecrets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The custom resource that makes the secrets of a deployment, once: SecureString parameters that
 * only functions read.
 *
 * <p>Whatever is there stays, and nothing is ever removed: with the keys the accounts would be
 * lost. So an update only makes what a new version needs beside it, and a deletion of the stack
 * leaves the parameters, as it leaves the table and the bucket. CloudFormation gets an answer
 * whatever happens, for it would wait an hour.
 */
public final class SecretsFunction implements RequestStreamHandler {
  private static final Logger LOG = LoggerFactory.getLogger(SecretsFunction.class);

  private final Map<String, String> environment;

  /** For Lambda. */
  public SecretsFunction() {
    this(System.getenv());
  }

  SecretsFunction(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public void handleRequest(InputStream in, OutputStream out, Context context) throws IOException {
    ResourceEvent event = ResourceEvent.read(in);
    String path = environment.getOrDefault(Settings.SECRETS, "").strip();
    try (AwsEnvironment aws = AwsEnvironment.of(environment, List.of())) {
      ResourceAnswers answers = new ResourceAnswers(aws.connection("SSM").http());
      answers.put(event.responseUrl(), outcome(event, path, aws));
    }
  }

  private byte[] outcome(ResourceEvent event, String path, AwsEnvironment aws) {
    try {
      if (event.kind() != ResourceEvent.Kind.DELETE) {
        make(aws.require(Settings.SECRETS), SsmParameters.of(aws));
      }
      return event.success(path);
    } catch (RuntimeException e) {
      LOG.error("{} failed", event, e);
      return event.failure(path, String.valueOf(e.getMessage()));
    }
  }

  private static void make(String path, SsmParameters parameters) {
    SecureRandom random = new SecureRandom();
    Map<String, String> there = parameters.read(path);
    for (String name : FreshSecrets.NAMES) {
      if (!there.containsKey(name)
          && parameters.putIfAbsent(path, name, FreshSecrets.make(name, random))) {
        LOG.info("made {}/{}", path, name);
      }
    }
  }
}
