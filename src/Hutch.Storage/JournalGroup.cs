namespace Hutch.Storage;

/// <summary>Records in the order of their sequence numbers, as they were committed (or as what compaction kept of them).</summary>
/// <param name="FirstSequence">Sequence number of the first line.</param>
/// <param name="LastSequence">Sequence number of the last line; what follows in the next group is higher.</param>
/// <param name="Lines">The record lines, each ended by a line feed.</param>
public readonly record struct JournalGroup(long FirstSequence, long LastSequence, ReadOnlyMemory<byte> Lines);
