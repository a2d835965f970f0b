namespace Hutch.Storage.Segments;

/// <summary>A member of a segment, for maintenance.</summary>
public readonly record struct MemberInfo(MemberKey Key, MemberLocation Location);
