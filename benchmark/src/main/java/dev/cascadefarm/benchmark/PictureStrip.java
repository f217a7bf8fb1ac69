package dev.cascadefarm.benchmark;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Sets pictures of {@code farm render} side by side, enlarged without smoothing: the strip on the
 * README's top.
 *
 * <pre>java -cp 'benchmark/target/classes:standalone/target/lib/*' \
 *   dev.cascadefarm.benchmark.PictureStrip docs/images/strip.png renders/JOB/image-0.base.png …
 * </pre>
 */
public final class PictureStrip {
  private static final int SIDE = 192;
  private static final int GAP = 8;
  private static final int LABEL = 20;

  private PictureStrip() {}

  public static void main(String[] arguments) throws IOException {
    List<String> files = Arrays.asList(arguments).subList(1, arguments.length);
    int width = files.size() * (SIDE + GAP) + GAP;
    BufferedImage strip =
        new BufferedImage(width, SIDE + 2 * GAP + LABEL, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = strip.createGraphics();
    canvas.setColor(Color.WHITE);
    canvas.fillRect(0, 0, strip.getWidth(), strip.getHeight());
    canvas.setColor(Color.DARK_GRAY);
    canvas.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    canvas.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    for (int i = 0; i < files.size(); i++) {
      BufferedImage picture = ImageIO.read(new File(files.get(i)));
      int x = GAP + i * (SIDE + GAP);
      canvas.drawImage(picture, x, GAP, SIDE, SIDE, null);
      canvas.drawString(picture.getWidth() + "×" + picture.getHeight(), x, GAP + SIDE + 15);
    }
    canvas.dispose();
    ImageIO.write(strip, "png", new File(arguments[0]));
  }
}
