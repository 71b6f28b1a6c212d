import IsocutGraph
import IsocutProfile
import IsocutWorker

extension Plan {
  /// Says where the figures were measured, which may be another machine than the one that cuts.
  mutating func take(_ site: MeasuringSite) {
    environment.cpuModel = site.machine.cpuModel
    environment.cores = site.machine.cores
    environment.governor = site.machine.governor
    environment.system = site.machine.system
    environment.engineVersion = site.backendVersion
    environment.compilerVersion = site.compilerVersion
    if site.isRemote {
      notes.append(
        "The stages were measured where the worker runs; they were verified on this machine.")
    }
  }
}
