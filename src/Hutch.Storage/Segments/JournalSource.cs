using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>The journal members of one segment, in order of their first sequence numbers; opened when its turn comes.</summary>
internal sealed record JournalSource(Segment Segment, long FirstSequence, Func<IEnumerable<IndexEntry>> Entries);
