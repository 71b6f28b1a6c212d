import ArgumentParser

/// `isocut profile`: what was measured so far.
struct ProfileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Look at the stored measurements, remove some, take them to another machine.",
    discussion: """
      Every stage that partition measures is kept in one file, so that none is paid for twice.

      Examples:
        isocut profile list --status crashed
        isocut profile show 3f9a
        isocut profile prune --older-than 90d
        isocut profile export results.jsonl
        isocut profile import results.jsonl
      """,
    subcommands: [
      ProfileListCommand.self, ProfileShowCommand.self, ProfilePruneCommand.self,
      ProfileExportCommand.self, ProfileImportCommand.self,
    ])
}
