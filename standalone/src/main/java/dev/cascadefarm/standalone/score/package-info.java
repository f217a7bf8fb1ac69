/** The oracle at work: pictures judged by their captions, one by one or a cascade as a whole. */
@NullMarked
package dev.cascadefarm.standalone.score;

import org.jspecify.annotations.NullMarked;
