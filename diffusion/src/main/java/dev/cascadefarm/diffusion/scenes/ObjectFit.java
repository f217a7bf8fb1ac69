package dev.cascadefarm.diffusion.scenes;

/**
 * An outline laid over a region of the picture with the flat colour that explains it best.
 *
 * @param gain squared difference from the background that it explains
 * @param red fitted difference from the background, in [-1, 1]; green and blue likewise
 */
record ObjectFit(
    ObjectTemplate template,
    int centreX,
    int centreY,
    double gain,
    double red,
    double green,
    double blue) {

  double contrast() {
    return Math.sqrt(red * red + green * green + blue * blue);
  }

  double channel(int channel) {
    return channel == 0 ? red : channel == 1 ? green : blue;
  }
}
