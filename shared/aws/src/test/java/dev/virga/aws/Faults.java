package dev.virga.aws;

import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;

/** Lets chosen calls of a client fail: before they are sent, or after they took effect. */
public final class Faults implements ExecutionInterceptor {
  private record Fault(String operation, boolean afterwards, Supplier<SdkException> failure) {}

  private final Queue<Fault> faults = new ArrayDeque<>();

  /** The next call of an operation is not sent and fails. */
  public synchronized void refuse(String operation, Supplier<SdkException> failure) {
    faults.add(new Fault(operation, false, failure));
  }

  /** The next call of an operation takes effect, but its answer never comes. */
  public synchronized void loseAnswer(String operation) {
    faults.add(new Fault(operation, true, Faults::timeout));
  }

  /** Whether all faults happened. */
  public synchronized boolean happened() {
    return faults.isEmpty();
  }

  public static SdkException timeout() {
    return SdkClientException.create("lost on purpose", new SocketTimeoutException("lost"));
  }

  @Override
  public void beforeTransmission(
      Context.BeforeTransmission context, ExecutionAttributes attributes) {
    failIfDue(attributes, false);
  }

  @Override
  public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
    failIfDue(attributes, true);
  }

  private synchronized void failIfDue(ExecutionAttributes attributes, boolean afterwards) {
    Fault next = faults.peek();
    if (next != null
        && next.afterwards() == afterwards
        && next.operation().equals(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME))) {
      faults.remove();
      throw next.failure().get();
    }
  }
}
