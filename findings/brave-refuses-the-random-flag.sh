#!/usr/bin/env bash
# Micrometer Tracing over Brave (io.micrometer:micrometer-tracing-bridge-brave 1.7.2):
# a traceparent with the flag for random trace ids (W3C Trace Context level 2,
# section 3.2.2.5.2) is no parent: a new trace begins.
#
# It reads the flags 00 and 01, and takes 02 and 03 for a broken header. A caller
# that follows level 2 sets that flag whenever its ids are random, and the trace
# ends at each such service, sampled or not, without a line in a log.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.bash"

needs java javac mvn
version=1.7.2
workshop
cat >pom.xml <<XML
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.micrometer</groupId>
      <artifactId>micrometer-tracing-bridge-brave</artifactId>
      <version>$version</version>
    </dependency>
  </dependencies>
</project>
XML
cat >Finding.java <<'JAVA'
import io.micrometer.tracing.brave.bridge.W3CPropagation;
import java.util.Map;

class Finding {
  public static void main(String[] flags) {
    var extractor = new W3CPropagation().get().<Map<String, String>>extractor(Map::get);
    for (String f : flags) {
      String parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-" + f;
      var context = extractor.extract(Map.of("traceparent", parent)).context();
      System.out.print(context == null ? "none " : context.traceIdString() + " ");
    }
    System.out.println();
  }
}
JAVA
quietly mvn -B -q dependency:copy-dependencies -DoutputDirectory="$work/jars"
quietly javac -cp 'jars/*' Finding.java
brave=(jars/brave-[0-9]*.jar)
echo "micrometer-tracing-bridge-brave $version, $(basename "${brave[0]}" .jar)"
read -r none sampled random both < <(java -cp 'jars/*:.' Finding 00 01 02 03 2>log)
echo "the trace that is joined, with the flags 00: $none, 01: $sampled, 02: $random, 03: $both"
id=4bf92f3577b34da6a3ce929d0e0e4736
verdict "that of the caller with 00 and 01, none with 02 and 03" \
  [ "$none $sampled $random $both" = "$id $id none none" ]
