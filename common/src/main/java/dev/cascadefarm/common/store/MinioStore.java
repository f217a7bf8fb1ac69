package dev.cascadefarm.common.store;

import io.minio.BucketExistsArgs;
import io.minio.GetObjectArgs;
import io.minio.GetObjectResponse;
import io.minio.ListObjectsArgs;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectsArgs;
import io.minio.Result;
import io.minio.StatObjectArgs;
import io.minio.StatObjectResponse;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import io.minio.messages.DeleteRequest;
import io.minio.messages.DeleteResult;
import io.minio.messages.Item;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;

/** The artifact store by the MinIO SDK. */
final class MinioStore implements ArtifactStore {
  /* What S3 takes and gives at most in one page. */
  private static final int PAGE = 1_000;

  private final StoreConfig config;
  private final MinioClient client;
  private final StoreCalls calls;

  MinioStore(Vertx vertx, StoreConfig config) {
    this.config = config;
    this.client =
        MinioClient.builder()
            .endpoint(config.endpoint())
            .credentials(config.accessKey(), config.secretKey())
            .httpClient(http(config), true)
            .build();
    this.calls = new StoreCalls(vertx, config.deadline());
  }

  /* A call that the caller has given up ends by the same deadline, and frees its thread. */
  private static OkHttpClient http(StoreConfig config) {
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequests(StoreCalls.THREADS);
    dispatcher.setMaxRequestsPerHost(StoreCalls.THREADS);
    return new OkHttpClient.Builder()
        .dispatcher(dispatcher)
        .socketFactory(new PromptSockets())
        .callTimeout(config.deadline())
        .connectTimeout(config.deadline())
        .readTimeout(config.deadline())
        .writeTimeout(config.deadline())
        .build();
  }

  @Override
  public Future<Void> start() {
    return calls.run(config.bucket(), this::ensureBucket);
  }

  private Void ensureBucket() throws MinioException {
    if (!bucketExists()) {
      makeBucket();
    }
    return null;
  }

  private boolean bucketExists() throws MinioException {
    return client.bucketExists(BucketExistsArgs.builder().bucket(config.bucket()).build());
  }

  /* Another process may have made it in the meantime. */
  private void makeBucket() throws MinioException {
    try {
      client.makeBucket(MakeBucketArgs.builder().bucket(config.bucket()).build());
    } catch (ErrorResponseException e) {
      if (!StoreFaults.bucketExists(e)) {
        throw e;
      }
    }
  }

  @Override
  public Future<Artifact> put(String key, byte[] bytes, String contentType) {
    return calls.run(key, () -> write(key, bytes, contentType));
  }

  private Artifact write(String key, byte[] bytes, String contentType) throws MinioException {
    requireSize(key, bytes.length);
    client.putObject(
        PutObjectArgs.builder()
            .bucket(config.bucket())
            .object(key)
            .contentType(contentType)
            .data(bytes, bytes.length)
            .build());
    return Artifact.of(key, bytes, contentType);
  }

  @Override
  public Future<byte[]> get(String key) {
    return calls.run(key, () -> read(key));
  }

  @Override
  public Future<byte[]> getVerified(Artifact artifact) {
    return calls.run(artifact.key(), () -> verify(artifact, read(artifact.key())));
  }

  @Override
  public Future<byte[]> getVerified(String key, String sha256) {
    return calls.run(key, () -> verify(key, sha256, read(key)));
  }

  private byte[] read(String key) throws MinioException, IOException {
    GetObjectArgs args = GetObjectArgs.builder().bucket(config.bucket()).object(key).build();
    try (GetObjectResponse body = client.getObject(args)) {
      byte[] bytes = body.readNBytes((int) config.maxObjectBytes() + 1);
      requireSize(key, bytes.length);
      return bytes;
    }
  }

  private static byte[] verify(Artifact artifact, byte[] bytes) {
    if (!artifact.describes(bytes)) {
      throw new ArtifactCorruptException(artifact, bytes);
    }
    return bytes;
  }

  private static byte[] verify(String key, String sha256, byte[] bytes) {
    return verify(new Artifact(key, sha256, bytes.length, "application/octet-stream"), bytes);
  }

  private void requireSize(String key, long size) {
    if (size > config.maxObjectBytes()) {
      throw new ArtifactTooLargeException(key, size, config.maxObjectBytes());
    }
  }

  @Override
  public Future<StoredObject> stat(String key) {
    return calls.run(key, () -> look(key));
  }

  private StoredObject look(String key) throws MinioException {
    StatObjectResponse answer =
        client.statObject(StatObjectArgs.builder().bucket(config.bucket()).object(key).build());
    return new StoredObject(key, answer.size(), answer.lastModified().toInstant());
  }

  @Override
  public Future<List<StoredObject>> list(String prefix, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit: %d (expected: >= 1)".formatted(limit));
    }
    return calls.run(prefix, () -> page(prefix, limit));
  }

  private List<StoredObject> page(String prefix, int limit) throws MinioException {
    ListObjectsArgs args =
        ListObjectsArgs.builder()
            .bucket(config.bucket())
            .prefix(prefix)
            .recursive(true)
            .maxKeys(Math.min(limit, PAGE))
            .build();
    List<StoredObject> found = new ArrayList<>();
    for (Result<Item> result : client.listObjects(args)) {
      if (found.size() == limit) {
        break;
      }
      Item item = result.get();
      found.add(new StoredObject(item.objectName(), item.size(), item.lastModified().toInstant()));
    }
    return List.copyOf(found);
  }

  @Override
  public Future<Void> delete(Collection<String> keys) {
    List<String> doomed = List.copyOf(keys);
    return calls.run("delete of %d objects".formatted(doomed.size()), () -> remove(doomed));
  }

  private Void remove(List<String> keys) throws MinioException {
    RemoveObjectsArgs args =
        RemoveObjectsArgs.builder()
            .bucket(config.bucket())
            .objects(keys.stream().map(DeleteRequest.Object::new).toList())
            .build();
    for (Result<DeleteResult.Error> result : client.removeObjects(args)) {
      DeleteResult.Error error = result.get();
      throw new StoreUnavailableException(
          "store: %s not deleted: %s (expected: deleted)"
              .formatted(error.objectName(), error.code()),
          null);
    }
    return null;
  }

  @Override
  public Future<Void> ready() {
    return calls.run(config.bucket(), this::requireBucket);
  }

  private Void requireBucket() throws MinioException {
    if (!bucketExists()) {
      throw new StoreUnavailableException(
          "store: no bucket %s (expected: it exists)".formatted(config.bucket()), null);
    }
    return null;
  }

  @Override
  public Future<Void> close() {
    return calls.close().andThen(done -> closeClient());
  }

  private void closeClient() {
    try {
      client.close();
    } catch (Exception e) {
      throw new StoreUnavailableException("store: cannot close its connections", e);
    }
  }
}
