namespace Hutch.Cluster.Bytes;

/// <summary>A copy of a member that some server found damaged or missing: no server serves it again.</summary>
/// <param name="Row">The row that it came with; 0 for an extent.</param>
/// <param name="Place">Its place in the row, as <see cref="MemberPlace"/> has it; 0 for an extent.</param>
/// <param name="ObjectName">For an extent: the name of the object.</param>
public readonly record struct DamagedMember(long Row, long Place, string ObjectName);
