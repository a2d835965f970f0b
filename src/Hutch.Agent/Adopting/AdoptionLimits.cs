namespace Hutch.Agent.Adopting;

/// <param name="HashBytesPerSecond">The rate at which files are hashed.</param>
/// <param name="MaxFilesOfGit">The most files of a version that git and DataLad show.</param>
public sealed record AdoptionLimits(long HashBytesPerSecond, int MaxFilesOfGit);
