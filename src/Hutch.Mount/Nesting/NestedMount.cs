namespace Hutch.Mount.Nesting;

/// <summary>A dataset inside a mounted one.</summary>
/// <param name="Path">Its path from the top of the mount, without a slash at the ends.</param>
/// <param name="At">Its version, which never changes.</param>
public sealed record NestedMount(string Path, DatasetId Dataset, string At);
