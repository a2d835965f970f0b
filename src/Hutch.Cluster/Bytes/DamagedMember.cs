namespace Hutch.Cluster.Bytes;

/// <summary>A damaged or missing copy of a member, which no server serves again.</summary>
/// <param name="Row">The row of the member; 0 for an extent.</param>
/// <param name="Place">The position in the row, as in <see cref="MemberOffset"/>; 0 for an extent.</param>
public readonly record struct DamagedMember(long Row, long Place, string ObjectName);
