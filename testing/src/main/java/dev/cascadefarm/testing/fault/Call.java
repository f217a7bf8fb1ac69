package dev.cascadefarm.testing.fault;

/**
 * What a request asks for.
 *
 * @param name the script's name, otherwise the Redis command or the HTTP method
 * @param subject the Redis command that ran the script, or the path of the URL
 */
public record Call(String name, String subject) {}
