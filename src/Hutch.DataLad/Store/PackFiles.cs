using Hutch.Model;

namespace Hutch.DataLad.Store;

/// <summary>A pack of a repository, where it is stored. Neither file ever changes.</summary>
/// <param name="Pack">The objects.</param>
/// <param name="Index">Where each of them is.</param>
internal sealed record PackFiles(Entry Pack, Entry Index);
