namespace Hutch.Storage.Segments;

public readonly record struct MemberInfo(MemberKey Key, MemberLocation Location);
