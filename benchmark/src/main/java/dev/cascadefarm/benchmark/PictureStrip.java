package dev.cascadefarm.benchmark;

import dev.cascadefarm.standalone.pictures.ContactSheet;
import dev.cascadefarm.standalone.pictures.ContactSheet.Column;
import dev.cascadefarm.standalone.score.PictureCaption;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Sets jobs of {@code farm render} side by side, each with its caption and its stages' pictures one
 * below the other: the strip on the README's top.
 *
 * <pre>java -cp 'benchmark/target/classes:standalone/target/lib/*' \
 *   dev.cascadefarm.benchmark.PictureStrip docs/images/strip.png base,sr64,sr256 renders/JOB…
 * </pre>
 */
public final class PictureStrip {
  private PictureStrip() {}

  public static void main(String[] arguments) throws IOException {
    List<String> stages = List.of(arguments[1].split(",", -1));
    List<Column> columns = new ArrayList<>();
    for (String job : Arrays.asList(arguments).subList(2, arguments.length)) {
      columns.add(column(Path.of(job), stages));
    }
    byte[] png = ContactSheet.of("", columns, columns.size(), stages.size()).png();
    Files.write(Path.of(arguments[0]), png);
  }

  private static Column column(Path job, List<String> stages) throws IOException {
    String caption = "";
    List<BufferedImage> pictures = new ArrayList<>();
    for (String stage : stages) {
      byte[] png = Files.readAllBytes(job.resolve("image-0." + stage + ".png"));
      caption = PictureCaption.of(png).orElse(caption);
      pictures.add(ImageIO.read(new ByteArrayInputStream(png)));
    }
    return new Column(caption, pictures, "");
  }
}
