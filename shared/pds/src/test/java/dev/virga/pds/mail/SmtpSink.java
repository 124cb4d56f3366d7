package dev.virga.pds.mail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A mail server on a port of this machine that takes every mail and notes what was said to it. */
final class SmtpSink implements AutoCloseable {
  /** What it is like to talk to. */
  record Manners(@Nullable SSLContext tls, boolean atOnce, boolean startTls, String refusing) {
    static final Manners PLAIN = new Manners(null, false, false, "-");

    Manners refusing(String command) {
      return new Manners(tls, atOnce, startTls, command);
    }
  }

  /** A mail as it arrived: its envelope, and its lines without the stuffed dots. */
  record Arrived(String from, List<String> to, String content, boolean encrypted) {}

  final List<String> commands = Collections.synchronizedList(new ArrayList<>());
  final List<Arrived> mails = Collections.synchronizedList(new ArrayList<>());

  private final ServerSocket server;
  private final Manners manners;

  SmtpSink(Manners manners) throws IOException {
    this.manners = manners;
    this.server =
        manners.atOnce && manners.tls != null
            ? manners.tls.getServerSocketFactory().createServerSocket()
            : new ServerSocket();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    Thread.ofVirtual().name("smtp sink").start(this::serve);
  }

  int port() {
    return server.getLocalPort();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        new Conversation(socket, manners.atOnce).run();
      } catch (IOException e) {
        commands.add("(broken off)");
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private final class Conversation {
    private Socket socket;
    private BufferedReader in;
    private OutputStream out;
    private boolean encrypted;
    private String from = "";
    private List<String> to = new ArrayList<>();

    Conversation(Socket socket, boolean encrypted) throws IOException {
      this.socket = socket;
      this.encrypted = encrypted;
      this.in = reader(socket);
      this.out = socket.getOutputStream();
    }

    private static BufferedReader reader(Socket socket) throws IOException {
      return new BufferedReader(
          new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    private void say(String line) throws IOException {
      out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    void run() throws IOException {
      say("220 sink");
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        commands.add(line);
        String verb = line.split("[ :]", 2)[0].toUpperCase(Locale.ROOT);
        if (verb.equals(manners.refusing)) {
          say("554 not with me");
        } else if (!answer(verb, line)) {
          return;
        }
      }
    }

    private boolean answer(String verb, String line) throws IOException {
      switch (verb) {
        case "EHLO" -> {
          say("250-sink");
          if (manners.startTls && !encrypted) {
            say("250-STARTTLS");
          }
          say("250 AUTH PLAIN");
        }
        case "STARTTLS" -> {
          say("220 go on");
          startTls();
        }
        case "AUTH" -> say("235 welcome");
        case "MAIL" -> {
          from = line.substring(line.indexOf('<') + 1, line.indexOf('>'));
          say("250 ok");
        }
        case "RCPT" -> {
          to.add(line.substring(line.indexOf('<') + 1, line.indexOf('>')));
          say("250 ok");
        }
        case "DATA" -> {
          say("354 go on");
          receive();
          say("250 taken");
        }
        case "QUIT" -> {
          say("221 bye");
          return false;
        }
        default -> say("250 ok");
      }
      return true;
    }

    private void startTls() throws IOException {
      SSLContext tls = Objects.requireNonNull(manners.tls);
      SSLSocket secure =
          (SSLSocket) tls.getSocketFactory().createSocket(socket, null, socket.getPort(), false);
      secure.setUseClientMode(false);
      socket = secure;
      in = reader(secure);
      out = secure.getOutputStream();
      encrypted = true;
    }

    private void receive() throws IOException {
      StringBuilder content = new StringBuilder();
      for (String line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
        content.append(line.startsWith(".") ? line.substring(1) : line).append('\n');
      }
      mails.add(new Arrived(from, List.copyOf(to), content.toString(), encrypted));
      to = new ArrayList<>();
    }
  }
}
