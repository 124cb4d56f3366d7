package dev.virga.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.virga.atproto.data.DataJson;
import dev.virga.atproto.data.Value;
import dev.virga.cli.Damage.FileVictim;
import dev.virga.cli.Damage.RowVictim;
import dev.virga.cli.Damage.Victim;
import dev.virga.cli.StoredKind.Notice;
import dev.virga.host.Host;
import dev.virga.host.store.LocalObjects;
import dev.virga.host.store.SqliteCheck;
import dev.virga.pds.store.Entry;
import dev.virga.pds.store.Objects;
import dev.virga.pds.store.StoreException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Everything that is stored is damaged in every way, one at a time: {@code virga verify} names it,
 * and the host answers what is right or refuses, and never with anything else.
 *
 * <p>Of each kind one victim is chosen by the seed for each way, and in every build every other of
 * these is damaged, and the host asked about some. {@code -Dvirga.damages=1} takes all and asks
 * about all, {@code -Dvirga.damages=10} with ten victims each.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DamageTest {
  /** Victims of each kind and way; 0 for every other one. */
  private static final int CHOSEN = Integer.getInteger("virga.damages", 0);

  private static final int ASKED_IN_PERCENT = 8;
  private static final Path INDEX = Path.of("index.db");
  private static final Path SMALL = Path.of("objects", "small.db");
  private static final Path FILES = Path.of("objects", "data");

  /** Nothing is under way in a directory that no host uses. */
  private static final String NO_GRACE = "--grace=PT0S";

  private final long seed = Long.getLong("virga.seed", 1);
  private final Random random = new Random(seed);

  private Path scratch = Path.of("unset");
  private Furnished furnished;
  private Answers right;
  private final Map<StoredKind, List<Victim>> victims = new EnumMap<>(StoredKind.class);
  private final Map<String, String> blobObjects = new HashMap<>();

  private record Verified(int exit, List<Value.Obj> lines) {
    /** What is told of something that has one of these names, as far as it is a finding. */
    boolean names(List<List<String>> names, boolean findingsOnly) {
      return lines.stream()
          .filter(line -> !findingsOnly || !line.text("severity").equals(Optional.of("UNDER_WAY")))
          .map(line -> line.text("what").orElse("") + " " + line.text("detail").orElse(""))
          .anyMatch(told -> names.stream().anyMatch(all -> all.stream().allMatch(told::contains)));
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder("verify ended with " + exit);
      lines.forEach(line -> text.append("\n  ").append(DataJson.toText(line)));
      return text.toString();
    }
  }

  @BeforeAll
  void furnish(@TempDir Path directory) throws Exception {
    scratch = directory;
    furnished = Furnished.in(scratch.resolve("whole"), random);
    try (Host host = furnished.start(copy())) {
      right = Answers.of(furnished, host, Integer.MAX_VALUE);
    }
    findVictims();
  }

  private void findVictims() throws IOException {
    Path whole = furnished.directory;
    SqliteCheck.run(whole.resolve(INDEX), this::fail, entry -> addItem(entry));
    SqliteCheck.run(
        whole.resolve(SMALL),
        this::fail,
        entry ->
            add(
                new RowVictim(
                    entry.key().sort(), SMALL, entry.key().partition(), entry.key().sort())));
    try (Stream<Path> files = Files.walk(whole.resolve(FILES))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = whole.resolve(FILES).relativize(file).toString().replace("%3a", ":");
        add(new FileVictim(name, whole.relativize(file)));
      }
    }
  }

  private void fail(String problem) {
    throw new AssertionError(problem);
  }

  private void addItem(Entry entry) {
    String partition = entry.key().partition();
    String sort = entry.key().sort();
    if (sort.startsWith("blob#")) {
      blobObjects.put(partition + " / " + sort, entry.item().requireText("object"));
    }
    // A node that was replaced is told to expire: nobody will miss it. Nor will anybody look for
    // the event that told the end of an account.
    boolean replaced = sort.startsWith("node#") && entry.expires() != null;
    Optional<String> toldOf =
        partition.startsWith("log#")
            ? entry.item().text("did")
            : Optional.of(partition).filter(did -> sort.startsWith("outbox#"));
    boolean ended =
        toldOf.isPresent()
            && furnished.owners.stream().noneMatch(owner -> owner.did().equals(toldOf.get()));
    if (!replaced && !ended) {
      add(new RowVictim(partition + " / " + sort, INDEX, partition, sort));
    }
  }

  private void add(Victim victim) {
    List<StoredKind> kinds = StoredKind.of(victim.name());
    assertThat(kinds).as("kinds of %s", victim.name()).hasSize(1);
    victims.computeIfAbsent(kinds.getFirst(), kind -> new ArrayList<>()).add(victim);
  }

  private Path copy() throws IOException {
    Path copy = scratch.resolve("copy");
    delete(copy);
    try (Stream<Path> files = Files.walk(furnished.directory)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(furnished.directory.relativize(file)));
      }
    }
    return copy;
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static Verified verify(Path directory) {
    StringWriter out = new StringWriter();
    CommandLine command = Virga.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(new StringWriter(), true));
    int exit =
        command.execute("verify", "--json", NO_GRACE, "--data-directory", directory.toString());
    return new Verified(
        exit,
        out.toString()
            .lines()
            .map(
                line ->
                    (Value.Obj)
                        DataJson.parse(line.getBytes(java.nio.charset.StandardCharsets.UTF_8)))
            .toList());
  }

  @Test
  void everyKindOccursInTheDirectory() {
    assertThat(victims.keySet()).isEqualTo(EnumSet.allOf(StoredKind.class));
  }

  @Test
  void whatIsWholeIsSaidToBe() throws Exception {
    Verified verified = verify(copy());
    assertThat(verified.exit()).as("%s", verified).isZero();
    assertThat(verified.lines().getLast().get("whole")).contains(Value.of(true));
    try (Host host = furnished.start(copy())) {
      assertThat(Answers.of(furnished, host, right.frames()).changed(right)).isEmpty();
    }
  }

  @Test
  void whateverIsDamagedIsNamedAndNeverServed() throws Exception {
    int points = 0;
    int asked = 0;
    Map<Notice, Integer> noticed = new EnumMap<>(Notice.class);
    List<String> failures = new ArrayList<>();
    for (StoredKind kind : victims.keySet()) {
      for (Damage damage : Damage.values()) {
        int chosen = CHOSEN == 0 ? random.nextInt(2) : CHOSEN;
        for (int n = 0; n < chosen; n++) {
          boolean ask = CHOSEN > 0 || random.nextInt(100) < ASKED_IN_PERCENT;
          if (tryOne(kind, damage, ask, failures)) {
            points++;
            asked += ask && damage != Damage.EXCHANGED ? 1 : 0;
            noticed.merge(damage.notice(kind), 1, Integer::sum);
          }
        }
      }
    }
    assertThat(failures).as("seed %s", seed).isEmpty();
    System.out.printf(
        "Damaged %d of %d kinds of items and objects: %s; asked the host about %d%n",
        points, victims.size(), noticed, asked);
  }

  /** Whether there was anything to damage in that way. */
  private boolean tryOne(StoredKind kind, Damage damage, boolean ask, List<String> failures)
      throws Exception {
    List<Victim> all = victims.getOrDefault(kind, List.of());
    Victim victim = all.get(random.nextInt(all.size()));
    List<Victim> others = all.stream().filter(one -> !one.equals(victim)).toList();
    boolean needsOther = damage == Damage.SWAPPED || damage == Damage.EXCHANGED;
    if (needsOther && others.isEmpty()) {
      return false;
    }
    Victim other = others.isEmpty() ? victim : others.get(random.nextInt(others.size()));
    Path directory = copy();
    if (!damage.apply(victim, other, directory, random)) {
      return false;
    }
    String what = damage + " " + kind + " " + victim.name();
    Notice expected = damage.notice(kind);
    Verified verified = verify(directory);
    boolean found = verified.exit() != 0 && verified.names(names(victim), true);
    boolean enough =
        switch (expected) {
          case FOUND -> found;
          case TOLD -> found || verified.names(names(victim), false);
          case UNSEEN -> true;
        };
    if (!enough) {
      failures.add(what + ": " + verified);
    }
    if (ask && damage != Damage.EXCHANGED) {
      answers(directory)
          .ifPresent(
              answers ->
                  answers
                      .wrong(right, damage == Damage.MISSING)
                      .forEach(wrong -> failures.add(what + ": " + wrong)));
    }
    return true;
  }

  /** What a host answers, if it starts at all. */
  private Optional<Answers> answers(Path directory) throws Exception {
    try (Host host = furnished.start(directory)) {
      return Optional.of(Answers.of(furnished, host, right.frames()));
    } catch (StoreException e) {
      return Optional.empty();
    }
  }

  /** Texts of which, of one group, all occur where something is named. */
  private List<List<String>> names(Victim victim) {
    if (victim instanceof RowVictim row && row.database().equals(INDEX)) {
      return itemNames(row);
    }
    return List.of(List.of(victim.name().substring(victim.name().lastIndexOf('/') + 1)));
  }

  private List<List<String>> itemNames(RowVictim item) {
    List<String> key = List.of(item.partition(), item.sort());
    return switch (item.partition().replaceFirst("#.*", "")) {
      case "log" -> List.of(key, List.of(item.sort().replaceFirst("^0+", "")));
      case "plc" -> List.of(List.of(item.partition()));
      case "invite" -> List.of(List.of(item.partition().substring("invite#".length())));
      // Of a blob whose item is gone, its object is there, of which nothing knows.
      default ->
          blobObjects.containsKey(item.name())
              ? List.of(
                  key, List.of(java.util.Objects.requireNonNull(blobObjects.get(item.name()))))
              : List.of(key);
    };
  }

  /** Any byte of any file, below all that is known of rows and objects. */
  @Test
  void aFlippedByteOfAnyFileIsFoundOrHarmless() throws Exception {
    List<Path> files = new ArrayList<>(List.of(INDEX, SMALL));
    victims.values().stream()
        .flatMap(List::stream)
        .filter(FileVictim.class::isInstance)
        .map(victim -> ((FileVictim) victim).file())
        .forEach(files::add);
    int flips = CHOSEN > 0 ? 50 * CHOSEN : 6;
    int found = 0;
    for (int flip = 0; flip < flips; flip++) {
      Path file = files.get(flip % 2 == 0 ? flip / 2 % 2 : random.nextInt(files.size()));
      Path directory = copy();
      byte[] bytes = Files.readAllBytes(directory.resolve(file));
      int at = random.nextInt(bytes.length);
      bytes[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(directory.resolve(file), bytes);
      String what = "seed " + seed + ", byte " + at + " of " + file;
      Verified verified = verify(directory);
      found += verified.exit() == 0 ? 0 : 1;
      Optional<Answers> answers = answers(directory);
      assertThat(answers.map(now -> now.wrong(right, true)).orElse(List.of())).as(what).isEmpty();
      if (verified.exit() == 0) {
        // What is said to be whole is: nothing can be missed.
        assertThat(answers).as(what).isPresent();
        assertThat(answers.orElseThrow().changed(right)).as(what).isEmpty();
      }
    }
    System.out.printf("Flipped %d bytes of files: %d found, the rest free space%n", flips, found);
  }

  /** The names in the directory are those that the store itself lists. */
  @Test
  void everyObjectIsAVictim() {
    try (LocalObjects objects =
        LocalObjects.openForReading(furnished.directory.resolve("objects"))) {
      List<String> listed = new ArrayList<>();
      Objects.Listing page = objects.list("", null);
      page.objects().forEach(object -> listed.add(object.name()));
      while (page.next() != null) {
        page = objects.list("", page.next());
        page.objects().forEach(object -> listed.add(object.name()));
      }
      assertThat(victims.values().stream().flatMap(List::stream))
          .filteredOn(
              victim ->
                  victim instanceof FileVictim
                      || (victim instanceof RowVictim row && row.database().equals(SMALL)))
          .extracting(Victim::name)
          .containsExactlyInAnyOrderElementsOf(listed);
    }
  }
}
