package dev.cascadefarm.standalone.score;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataFormatImpl;
import javax.imageio.stream.ImageInputStream;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** The caption that a picture of the farm carries in its text chunks. */
public final class PictureCaption {
  private static final String KEYWORD = "prompt";

  private PictureCaption() {}

  /** The caption of a PNG, or empty if it says none. */
  public static Optional<String> of(byte[] png) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(png))) {
      reader.setInput(in);
      return find(
          reader.getImageMetadata(0).getAsTree(IIOMetadataFormatImpl.standardMetadataFormatName));
    } finally {
      reader.dispose();
    }
  }

  private static Optional<String> find(Node root) {
    NodeList entries = ((Element) root).getElementsByTagName("TextEntry");
    for (int i = 0; i < entries.getLength(); i++) {
      Element entry = (Element) entries.item(i);
      if (entry.getAttribute("keyword").equals(KEYWORD)) {
        return Optional.of(entry.getAttribute("value"));
      }
    }
    return Optional.empty();
  }
}
