namespace Hutch.Model.Site;

/// <summary>A dataset is being made to last. It holds for a while and is prolonged, so that it ends with the server that does it.</summary>
/// <param name="Id">Tells it from an earlier one of the same dataset.</param>
/// <param name="Until">When it ends unless it is prolonged, milliseconds since 1970.</param>
public sealed record Keeping(Guid Id, long Until);
