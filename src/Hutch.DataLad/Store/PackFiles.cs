namespace Hutch.DataLad.Store;

/// <summary>A pack of a repository, where it is stored. Neither file ever changes.</summary>
internal sealed record PackFiles(Entry Pack, Entry Index);
