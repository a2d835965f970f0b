using Hutch.Storage;

namespace Hutch.Cluster.Servers;

/// <summary>A row of the log that is in no pack yet.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Lane">Its lane.</param>
/// <param name="Committed">When it was committed.</param>
/// <param name="FirstSequence">The number of its first record; 0 when there are none.</param>
/// <param name="LastSequence">The number of its last record; 0 when there are none.</param>
/// <param name="Journal">Its records.</param>
/// <param name="Directory">Its directory.</param>
/// <param name="Bodies">The bodies of its members.</param>
public sealed record PackableRow(
    long Number,
    Lane Lane,
    DateTimeOffset Committed,
    long FirstSequence,
    long LastSequence,
    byte[] Journal,
    byte[] Directory,
    byte[] Bodies);
