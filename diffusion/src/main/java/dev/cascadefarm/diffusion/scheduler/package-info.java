/**
 * The scheduler_config.json files of diffusers, read into this project's own records: noise
 * schedule, objective, sampler, thresholding. What is not implemented is refused by its key.
 */
@NullMarked
package dev.cascadefarm.diffusion.scheduler;

import org.jspecify.annotations.NullMarked;
