package dev.virga.host.http;

import dev.virga.functions.http.HttpResponse;
import dev.virga.functions.xrpc.ErrorAnswers;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers what Jetty refuses before any handler sees it, in the form of an XRPC error. */
final class BadRequests extends ErrorHandler {
  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int status,
      @Nullable String message,
      @Nullable Throwable cause,
      Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json; charset=utf-8");
    response.getHeaders().put("Access-Control-Allow-Origin", "*");
    response.getHeaders().put(HttpHeader.CONNECTION, "close"); // Jetty does, so it must be said
    response.write(true, body(status), callback);
  }

  /** Jetty's own words stay out of it: they speak of its classes. */
  private static ByteBuffer body(int status) {
    String name =
        switch (status) {
          case 413 -> "PayloadTooLarge";
          case 503 -> "NotEnoughResources";
          default -> status >= 500 ? "InternalServerError" : "InvalidRequest";
        };
    HttpResponse answer = ErrorAnswers.json(status, name, HttpStatus.getMessage(status));
    return ByteBuffer.wrap(((HttpResponse.Body.Bytes) answer.body()).content());
  }
}
