namespace Hutch.Storage.Segments;

/// <summary>A member of a segment, as maintenance sees it.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Location">Where its body lies.</param>
public readonly record struct MemberInfo(MemberKey Key, MemberLocation Location);
