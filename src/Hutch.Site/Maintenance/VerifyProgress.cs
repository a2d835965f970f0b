namespace Hutch.Site.Maintenance;

/// <param name="Files">Files checked.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Problems">What was found, a sentence each, beginning with the path.</param>
public sealed record VerifyProgress(long Files, long Bytes, IReadOnlyList<string> Problems);
