using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>A group that was found intact: every header, every body, its end member.</summary>
/// <param name="Line">Its first line.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Entries">Its members, the journal included.</param>
/// <param name="Notes">What it says of abandoned segments.</param>
internal sealed record ScannedGroup(GroupLine Line, long End, IReadOnlyList<IndexEntry> Entries, IReadOnlyList<AbandonLine> Notes);
