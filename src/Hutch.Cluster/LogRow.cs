namespace Hutch.Cluster;

/// <summary>The part of a row of the log with which a server finds members again: everything but the records and the bodies.</summary>
/// <param name="Number">Its number: one more than that of the row before.</param>
/// <param name="Id">Its own id, drawn by the server that wrote it.</param>
/// <param name="Lane">The lane of its members; a row has the members of one lane.</param>
/// <param name="Directory">The output of <see cref="ILogMembers.Describe"/>; valid during the call only.</param>
/// <param name="PackedIn">The pack that has the bodies; null while the row has them itself.</param>
public readonly record struct LogRow(long Number, Guid Id, Lane Lane, ReadOnlyMemory<byte> Directory, string? PackedIn)
{
    public LogPosition Position => new(Number, Id);
}
