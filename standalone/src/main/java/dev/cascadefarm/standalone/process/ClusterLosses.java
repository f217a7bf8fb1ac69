package dev.cascadefarm.standalone.process;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import dev.cascadefarm.common.bus.LostProcesses;
import dev.cascadefarm.common.queue.ProcessName;
import java.util.function.Consumer;

/** Members that left the cluster, by the names of their processes. Thread-safe. */
final class ClusterLosses implements LostProcesses {
  /** The attribute of a member that names its process. */
  static final String PROCESS = "process";

  private final HazelcastInstance cluster;

  ClusterLosses(HazelcastInstance cluster) {
    this.cluster = cluster;
  }

  @Override
  public void onLost(Consumer<ProcessName> listener) {
    cluster
        .getCluster()
        .addMembershipListener(
            new MembershipListener() {
              @Override
              public void memberAdded(MembershipEvent event) {}

              @Override
              public void memberRemoved(MembershipEvent event) {
                String name = event.getMember().getAttribute(PROCESS);
                if (name != null) {
                  listener.accept(ProcessName.parse(name));
                }
              }
            });
  }
}
